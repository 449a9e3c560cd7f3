-- OpenAPI /aianalysis.
local PATH = "/mirtapbx/openapi.php"

local function call(t, method, path, json, key)
  return t.http[method](t.http, PATH .. path, { headers = { ["X-API-Key"] = key or t.key }, json = json })
end

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
