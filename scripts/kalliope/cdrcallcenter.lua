-- /cdrcallcenter: calls that came to a queue, with their steps in it; XML or CSV.
local kalliope = require "kalliope.lib.answer"
local queuelog = require "model.queuelog"
local records = require "kalliope.lib.records"
local shapes = require "kalliope.lib.shapes"
local sql = require "engine.sql"
local xml = require "xml"

local TAG = "cdrcallcenter"
-- The columns of an answer, in order, and those of a step; filters look at some of the first.
local COLUMNS = {
  "id", "direction", "caller_num", "called_num", "operator", "gateway_id", "gateway_name", "waiting_time",
  "conversation_time", "status", "start", "answer", "end",
}
local FILTERS = {
  "caller_num", "called_num", "operator", "gateway_id", "gateway_name", "status", "waiting_time", "conversation_time",
}
local STEP = {
  "id", "destination", "destination_id", "destination_name", "queue_open", "operator", "enter_time", "enqueue_time",
  "answer_time", "exit_time", "exit_cause", "waiting_time", "waiting_time_no_greeting",
}

local CALL = shapes.element(shapes.children(table.concat(COLUMNS, " "), "text"), {
  details = shapes.list("detail", shapes.element(shapes.children(table.concat(STEP, " "), "text"))),
})

-- The document's examples open <cdrcallercenter> and close </cdrcallcenter>: each is answered as it was asked.
local TAGS = { TAG, "cdrcallercenter" }
local RESULTS, BODY = { anyOf = {} }, {}
for i, tag in ipairs(TAGS) do
  RESULTS.anyOf[2 * i - 1] = shapes.element({ [tag] = shapes.element({ [records.OUTCOME] = shapes.element({ code = "whole",
    message = "text" }), calls = shapes.list("call", CALL) }) })
  RESULTS.anyOf[2 * i] = shapes.outcome(tag, records.OUTCOME)
  BODY[tag] = shapes.body("", shapes.children("begin end start_flag privacy_password details", "text",
    { filter = shapes.element({}, shapes.children(table.concat(FILTERS, " ") .. " any", "text")) }))
end

local cdrcallcenter = route {
  family = "cdrcallcenter",
  summary = "List the calls of queues.",
  actions = {
    list = { access = "read", verb = "POST /cdrcallcenter", media = { "text/xml", "text/csv" }, result = RESULTS, body = BODY },
  },
}

-- A call has the times and the operator of its queues: 8 when somebody there answered, 4 when nobody did.
local function calls_of(asked)
  return ([[
  SELECT cl_id AS id, CASE cl_direction WHEN 'IN' THEN 1 ELSE 4 END AS direction,
    %s AS caller_num, %s AS called_num,
    coalesce(v.operator, '') AS operator,
    cl_pr_id AS gateway_id, coalesce(cl_provider, '') AS gateway_name, w.hold AS waiting_time,
    w.talk AS conversation_time, CASE WHEN w.last IS NULL THEN 4 ELSE 8 END AS status, cl_start AS "start",
    v.answer_time AS answer, cl_end AS "end"
  FROM cl_calls JOIN (SELECT call_id, sum(hold) AS hold, sum(talk) AS talk,
      max(CASE WHEN answer_time IS NULL THEN NULL ELSE id END) AS last FROM visits GROUP BY call_id) w
    ON w.call_id = cl_id LEFT JOIN visits v ON v.id = w.last]]):format(records.party("cl_src", "cl_srcinside", asked.open),
    records.party("cl_dst", "cl_dstinside", asked.open))
end

-- Text of a column within XML. A queue's name is text of ours, without control characters.
local function escaped(column)
  return ("replace(replace(replace(coalesce(CAST(%s AS CHAR(255)), ''), '&', '&amp;'), '<', '&lt;'), '>', '&gt;')"):format(column)
end

local STEPS = [[s.id AS step_id, 'QUEUE' AS step_destination, s.qu_id AS step_destination_id,
    s.qu_name AS step_destination_name, 'true' AS step_queue_open, coalesce(s.operator, '') AS step_operator,
    s.enter_time AS step_enter_time, s.enter_time AS step_enqueue_time, s.answer_time AS step_answer_time,
    s.exit_time AS step_exit_time, s.cause AS step_exit_cause, s.hold AS step_waiting_time,
    s.hold AS step_waiting_time_no_greeting]]

local function names_of(list, prefix)
  local names = {}
  for i, name in ipairs(list) do names[i] = sql.name((prefix or "") .. name) end
  return table.concat(names, ", ")
end

-- `<name>` of each column, with the place where its value goes.
local function elements(list, prefix)
  local parts = {}
  for i, name in ipairs(list) do parts[i] = ("<%s>{$%s%s}</%s>"):format(name, prefix, name, name) end
  return table.concat(parts)
end

-- A row for each step: the first of a call opens it, the last one closes it.
local ROW = "{$opening}<detail>" .. elements(STEP, "step_") .. "</detail>{$closing}"

-- The text that opens a call, as SQL.
local function opening()
  local parts = {}
  for i, name in ipairs(COLUMNS) do
    parts[i] = ("'<%s>' || %s || '</%s>'"):format(name, escaped("c." .. sql.name(name)), name)
  end
  return "'<call>' || " .. table.concat(parts, " || ") .. " || '<details>'"
end

local function with_steps(calls, csv)
  if csv then
    return ("SELECT %s, %s FROM (SELECT c.*, %s FROM (%s) c JOIN visits s ON s.call_id = c.id) d ORDER BY id, step_id"):format(
      names_of(COLUMNS), names_of(STEP, "step_"), STEPS, calls)
  end
  local shown = {}
  for i, name in ipairs(STEP) do shown[i] = escaped("step_" .. name) .. " AS " .. sql.name("step_" .. name) end
  return ([[SELECT CASE WHEN place = 1 THEN opening ELSE '' END AS opening,
      CASE WHEN back = 1 THEN '</details></call>' ELSE '' END AS closing, %s
    FROM (SELECT c.id AS call_id, %s AS opening, %s, row_number() OVER (PARTITION BY c.id ORDER BY s.id) AS place,
        row_number() OVER (PARTITION BY c.id ORDER BY s.id DESC) AS back
      FROM (%s) c JOIN visits s ON s.call_id = c.id) d ORDER BY d.call_id, d.place]]):format(
    table.concat(shown, ", "), opening(), STEPS, calls)
end

local function statement(req, it, asked)
  local params = { req.tenant.id, asked.first, asked.last }
  local where = records.conditions(xml.child(it, "filter"), COLUMNS, FILTERS, params)
  local visits = "WITH visits AS (" .. queuelog.visits(asked.column) .. ") "
  local calls = ("SELECT * FROM (%s) o WHERE %s"):format(calls_of(asked), where)
  -- The text of the document names the tag in the singular.
  if not kalliope.flag_of(it, "details") and not kalliope.flag_of(it, "detail") then
    return ("%sSELECT %s FROM (%s) c ORDER BY id"):format(visits, names_of(COLUMNS), calls), params
  end
  local csv = records.wants_csv(req)
  return visits .. with_steps(calls, csv), params, not csv and ROW or nil
end

local function sent(req)
  for _, tag in ipairs(TAGS) do
    local it = req.document and xml.child(req.document, tag)
    if it then return it, tag end
  end
  return nil, TAG
end

function cdrcallcenter.list(req)
  local it, tag = sent(req)
  if not it then return records.refused(tag, 12) end
  local asked, code, err = records.asked(it)
  if err then return nil, err end
  if not asked then return records.refused(tag, code) end
  return records.answer(req, tag, statement(req, it, asked))
end

return cdrcallcenter
