-- What a tenant may have a call run.
local steps = require "model.steps"

test("lines become steps, whatever way they are written", function(t)
  t.equal(steps.read("1,Answer()\nn,Playback(demo-thanks&beep)\n\n; a word\nn,Wait(1.5)\nn,Goto(internal,201,1)\n"),
    "Answer^|Playback^demo-thanks&beep|Wait^1.5|NUMBER^201")
  t.equal(steps.read("exten => 999,1,Answer\nsame => n,Echo()"), "Answer^|Echo^")
  t.equal(steps.read(""), "")
end)

test("nothing that others notice, and nothing that could call something", function(t)
  for _, line in ipairs({ "n,System(rm)", "n,AGI(x.php)", "n,Set(A=1)", "n,Dial(PJSIP/201)", "n,Playback(/etc/passwd)",
    "n,Playback(../../x)", "n,SayDigits(${SHELL(id)})", "n,NoOp(a|System^x)", "n,Wait(1000000)", "n,Goto(fromoutside,201,2)",
    "what", "n,MusicOnHold(moh-3)", "n,Playback(custom/$[1])" }) do
    local packed, problem = steps.read(line)
    t.equal(packed, nil, line)
    t.truthy(problem)
  end
  for _, packed in ipairs({ "System^ls", "Answer", "Playback^/x", ("Answer^|"):rep(51) }) do
    local ok, err = steps.check(packed, "cu_param1")
    t.equal(ok, nil, packed)
    t.equal(err.field, "cu_param1")
  end
  t.equal(steps.check("Answer^|Echo^", "cu_param1"), true)
end)
