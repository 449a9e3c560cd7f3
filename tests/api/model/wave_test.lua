-- WAV files of other kinds, as Asterisk plays them.
local wave = require "model.wave"

local function le(value, bytes)
  local out = {}
  for i = 1, bytes do out[i], value = string.char(value % 256), math.floor(value / 256) end
  return table.concat(out)
end

local function wav(rate, channels, width, data, code)
  return "RIFF" .. le(36 + #data, 4) .. "WAVEfmt " .. le(16, 4) .. le(code or 1, 2) .. le(channels, 2) .. le(rate, 4)
    .. le(rate * channels * width, 4) .. le(channels * width, 2) .. le(width * 8, 2) .. "LIST" .. le(3, 4) .. "abc\0"
    .. "data" .. le(#data, 4) .. data
end

local function samples(text)
  local out = {}
  for i = 45, #text, 2 do
    local value = text:byte(i) + text:byte(i + 1) * 256
    out[#out + 1] = value > 32767 and value - 65536 or value
  end
  return out
end

test("rates, channels and widths", function(t)
  t.equal(samples(wave.convert(wav(8000, 1, 2, le(1000, 2) .. le(64536, 2)))), { 1000, -1000 })
  t.equal(samples(wave.convert(wav(16000, 1, 2, le(1000, 2) .. le(2000, 2) .. le(64536, 2) .. le(64536, 2)))), { 1500, -1000 })
  t.equal(samples(wave.convert(wav(8000, 2, 2, le(1000, 2) .. le(3000, 2)))), { 2000 })
  t.equal(samples(wave.convert(wav(8000, 1, 1, string.char(128, 255, 0)))), { 0, 32512, -32768 })
  t.equal(samples(wave.convert(wav(8000, 1, 3, "\0" .. le(1000, 2)))), { 1000 })
  t.equal(samples(wave.convert(wav(4000, 1, 2, le(7, 2) .. le(9, 2)))), { 7, 7, 9, 9 })
end)

test("what is none", function(t)
  for text, problem in pairs({ ["ID3"] = "not a WAV file", [wav(8000, 1, 2, "", 6)] = "not a WAV file of PCM",
    [wav(8000, 9, 2, "ab")] = "strange kind", [wav(1, 1, 2, "ab")] = "strange kind",
    [wav(8000, 1, 2, "ab"):sub(1, 50)] = "without samples" }) do
    local out, said = wave.convert(text)
    t.equal(out, nil)
    t.contains(said, problem)
  end
end)
