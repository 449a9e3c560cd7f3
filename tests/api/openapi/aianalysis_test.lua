-- OpenAPI /aianalysis.
local call = require("support.openapi").call

test("what was made of a recording", function(t)
  t.sql("INSERT INTO rm_recordingmetadatas (rm_te_id, rm_uniqueid, rm_transcript, rm_summary, rm_path) "
    .. "SELECT te_id, 'r.1', 'hello there', 'greeting', 'DEMO/r.1.wav' FROM te_tenants WHERE te_code = 'DEMO'")
  local id = t.sql("SELECT rm_id FROM rm_recordingmetadatas")[1].rm_id
  t.sql("INSERT INTO tr_transcripts (tr_rm_id, tr_speaker, tr_start, tr_end, tr_text) VALUES (?, 'A', 0, 1.5, 'hello')", { id })
  local res = call(t, "get", "/aianalysis/r.1?tenant=DEMO")
  t.equal(res.status, 200, res.body)
  t.equal(res.json[1].summary, "greeting")
  t.equal(res.json[1].transcript_segments[1].text, "hello")
  t.equal(#call(t, "get", "/aianalysis?uniqueid=r.1&tenant=OTHER", nil, t.other_key).json, 0)
  t.equal(call(t, "get", "/callanalysis?tenant=DEMO").json.error.code, "uniqueid_required")
end)

test("every name of the path, every field, nothing for what is not there", function(t)
  t.sql("INSERT INTO rm_recordingmetadatas (rm_te_id, rm_uniqueid, rm_linkedid, rm_date, rm_transcript, rm_summary, rm_sentiment_score, "
    .. "rm_sentiment_scores, rm_sentiment_brief, rm_sentiment_details) SELECT te_id, 'r.2', 'r.2', '2026-01-02 10:00:00', 'words', 'short', '0.5', "
    .. "'{}', 'fine', 'all fine' FROM te_tenants WHERE te_code = 'DEMO'")
  for _, name in ipairs({ "aianalysis", "aianalyses", "ai_analysis", "ai_analyses", "callanalysis", "call_analysis" }) do
    for _, rest in ipairs({ "/r.2?", "?uniqueid=r.2&" }) do
      local res = call(t, "get", "/" .. name .. rest .. "tenant=DEMO")
      t.equal(res.status, 200, name .. res.body)
      local found = res.json[1]
      t.equal({ found.uniqueid, found.tenant_code, found.transcript, found.summary, found.sentiment_score, found.sentiment_brief },
        { "r.2", "DEMO", "words", "short", "0.5", "fine" })
      t.equal({ found.recordings[1].date, found.recordings[1].summary }, { "2026-01-02 10:00:00", "short" })
      t.equal(#found.transcript_segments, 0)
    end
  end
  t.equal(call(t, "get", "/aianalysis/none?tenant=DEMO").json, {})
  local res = call(t, "get", "/aianalysis?tenant=DEMO&uniqueid=")
  t.equal(res.status, 400)
  t.equal(res.json.error.field, "uniqueid")
  t.equal(#call(t, "get", "/aianalysis/r.2", nil, t.global_key).json, 1)
end)
