-- /cdrcallcenter: calls of queues, with their steps.
local crypto = require "crypto"
local time = require "time"
local xml = require "xml"
local client = require "support.kalliope"
local send, code, headers = client.send, client.code, client.headers

local function at(seconds) return time.format("%Y-%m-%d %H:%M:%S", time.now() - seconds) end

-- A call with the events of its queues: { seconds ago, event, queue, agent, data1, ... }.
local function call(t, unique, src, dst, direction, events)
  t.sql([[INSERT INTO cdr ("start", uniqueid, linkedid, src, dst, disposition, te_id) VALUES (?, ?, ?, ?, ?, 'ANSWERED', 1)]],
    { at(60), unique, unique, src, dst })
  t.sql([[INSERT INTO cl_calls (cl_te_id, cl_uniqueid, cl_start, cl_answer, cl_end, cl_direction, cl_src, cl_srcinside, cl_dst,
      cl_dstinside, cl_disposition, cl_duration, cl_billsec, cl_pr_id, cl_provider)
    VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, 1, 'ANSWERED', 50, 50, ?, ?)]],
    { unique, at(60), at(60), at(10), direction, src, direction == "IN" and 0 or 1, dst, direction == "IN" and 7 or nil,
      direction == "IN" and "Carrier" or nil })
  for _, it in ipairs(events) do
    t.sql([[INSERT INTO queue_log ("time", callid, queuename, "event", agent, data1, data2, data3) VALUES (?, ?, ?, ?, ?, ?, ?, ?)]],
      { at(it[1]), unique, it[3], it[2], it[4] or "NONE", it[5], it[6], it[7] })
  end
end

local function ask(t, inner) return send(t, "post", "/cdrcallcenter", inner or "<cdrcallcenter/>") end

local function calls(res) return xml.child(xml.child(res.root, "cdrcallcenter"), "calls") end

local function values(element, ...)
  local list = {}
  for i, name in ipairs({ ... }) do list[i] = xml.value(element, name) end
  return list
end

test("a call has the operator and the times of its queues", function(t)
  t.equal(#calls(ask(t)), 0)
  t.sql("INSERT INTO qu_queues (qu_id, qu_te_id, qu_name, qu_number) VALUES (31, 1, 'Sales & <Co>', '631'), (32, 1, 'Late', '632')")
  t.sql("INSERT INTO ex_extensions (ex_te_id, ex_number, ex_name, ex_tech, ex_tech_id) VALUES (1, '101', 'P', 'PJSIP', '101-DEMO')")
  -- from one queue into another, where it is answered
  call(t, "q.1", "0612345678", "631", "IN", {
    { 60, "ENTERQUEUE", "31" }, { 50, "EXITWITHTIMEOUT", "31", "NONE", "1", "1", "10" },
    { 50, "ENTERQUEUE", "32" }, { 45, "CONNECT", "32", "101-DEMO", "5" },
    { 15, "COMPLETEAGENT", "32", "101-DEMO", "5", "30", "1" },
  })
  call(t, "q.2", "100", "632", "LOCAL", { { 40, "ENTERQUEUE", "32" }, { 33, "ABANDON", "32", "NONE", "1", "1", "7" } })
  -- no queue, and another tenant's
  call(t, "q.3", "100", "101", "LOCAL", {})
  t.sql("UPDATE cl_calls SET cl_te_id = 2 WHERE cl_uniqueid = 'q.3'")
  local list = calls(ask(t))
  t.equal(#list, 2)
  local names = { "direction", "caller_num", "called_num", "operator", "gateway_name", "waiting_time", "conversation_time", "status" }
  t.equal(values(list[1], unpack(names)), { "1", "0612345XXX", "631", "101", "Carrier", "15", "30", "8" })
  t.equal(values(list[2], unpack(names)), { "4", "100", "632", "", "", "7", "0", "4" })
  t.equal(xml.child(list[1], "details"), nil)
end)

test("each step of it when it is asked for", function(t)
  local res = ask(t, "<request_id>r9</request_id><cdrcallcenter><details>true</details></cdrcallcenter>")
  t.equal(xml.value(res.root, "request_id"), "r9")
  local list = calls(res)
  t.equal(#list, 2)
  local steps = xml.child(list[1], "details")
  t.equal(#steps, 2)
  local names = { "destination", "destination_id", "destination_name", "queue_open", "operator", "exit_cause", "waiting_time",
    "waiting_time_no_greeting" }
  t.equal(values(steps[1], unpack(names)), { "QUEUE", "31", "Sales & <Co>", "true", "", "TIMEOUT", "10", "10" })
  t.equal(values(steps[2], unpack(names)), { "QUEUE", "32", "Late", "true", "101", "ANSWERED", "5", "5" })
  t.equal(xml.value(steps[1], "answer_time"), "")
  t.equal(xml.value(steps[2], "answer_time"), xml.value(list[1], "answer"))
  t.equal(xml.value(steps[2], "enter_time"), xml.value(steps[1], "exit_time"))
  t.equal(#xml.child(list[2], "details"), 1)
end)

test("filters, spans and the password", function(t)
  local function found(inner) return #calls(ask(t, "<cdrcallcenter>" .. inner .. "</cdrcallcenter>")) end
  t.equal(found("<filter><operator>10%</operator></filter>"), 1)
  t.equal(found("<filter><status>4</status></filter><details>true</details>"), 1)
  t.equal(found("<filter><waiting_time>15</waiting_time></filter>"), 1)
  t.equal(found("<filter><any>%678%</any></filter>"), 0)
  t.equal(found("<begin>2001-01-01 00:00:00</begin><end>2001-02-01 00:00:00</end><start_flag>true</start_flag>"), 0)
  local password = crypto.md5("private")
  t.sql("INSERT INTO ks_settings (ks_code, ks_value) VALUES ('privacy_password', ?)", { crypto.sha256(password) })
  t.equal(xml.value(calls(ask(t, "<cdrcallcenter><privacy_password>" .. password .. "</privacy_password></cdrcallcenter>"))[1],
    "caller_num"), "0612345678")
  local function refused(inner) return code(ask(t, inner), "cdrcallcenter", "error_code") end
  t.equal(refused("<cdrcallcenter><privacy_password>no</privacy_password></cdrcallcenter>"), "3")
  t.equal(refused("<cdrcallcenter><begin>2002-01-01 00:00:00</begin><end>2001-01-01 00:00:00</end></cdrcallcenter>"), "11")
  t.equal(refused(""), "12")
end)

-- Who wrote requests after the document's examples got 12.
test("under the other name that the document has for it", function(t)
  local res = ask(t, "<cdrcallercenter/>")
  t.equal(code(res, "cdrcallercenter", "error_code"), "0", res.body)
  local list = xml.child(xml.child(res.root, "cdrcallercenter"), "calls")
  t.equal(#list, #calls(ask(t)))
  res = ask(t, "<cdrcallercenter><detail>true</detail></cdrcallercenter>")
  t.contains(res.body, "<details><detail>")
  t.equal(code(ask(t, "<cdrcallercenter><privacy_password>no</privacy_password></cdrcallercenter>"), "cdrcallercenter", "error_code"), "3")
end)

test("as a table, with a line for each call or each step", function(t)
  local function csv(inner)
    local res = t.http:post("/rest/cdrcallcenter", {
      headers = headers(t, { Accept = "text/csv", ["Content-Type"] = "text/xml" }),
      body = "<kpbx_request><cdrcallcenter>" .. inner .. "</cdrcallcenter></kpbx_request>",
    })
    t.matches(res.headers["content-type"], "^text/csv")
    t.matches(res.headers.vary, "^Accept,")
    local _, lines = res.body:gsub("\n", "")
    return res.body, lines
  end
  local body, lines = csv("")
  t.matches(body, "^id,direction,caller_num,called_num,operator,gateway_id,gateway_name,waiting_time,")
  t.equal(lines, 3)
  body, lines = csv("<details>true</details>")
  t.contains(body, "step_destination_name")
  t.equal(lines, 4)
end)
