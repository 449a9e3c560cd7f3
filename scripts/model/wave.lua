-- WAV files of any PCM as Asterisk plays them: 8000 samples of 16 bits a second, one channel.
local task = require "task"

local wave = {}

wave.RATE = 8000
-- PCM, one channel, 8000 a second, 16000 bytes a second, 2 a frame, 16 bits.
local FORMAT = "WAVEfmt \16\0\0\0\1\0\1\0\64\31\0\0\128\62\0\0\2\0\16\0data"
-- Frames between two waits.
local SLICE = 40000

local function number(text, at, bytes)
  local value, factor = 0, 1
  for i = at, at + bytes - 1 do
    value, factor = value + text:byte(i) * factor, factor * 256
  end
  return value
end

local function bytes_of(value)
  return string.char(value % 256, math.floor(value / 256) % 256, math.floor(value / 65536) % 256, math.floor(value / 16777216) % 256)
end

--- What a WAV holds: {rate, channels, width, first, last}, the place of its samples; nil and why it is none.
function wave.read(text)
  if #text < 44 or text:sub(1, 4) ~= "RIFF" or text:sub(9, 12) ~= "WAVE" then return nil, "not a WAV file" end
  local at, found = 13, nil
  while at + 8 <= #text do
    local name, size = text:sub(at, at + 3), number(text, at + 4, 4)
    if name == "fmt " and at + 23 <= #text then
      local code = number(text, at + 8, 2)
      -- 65534 says further on what it is; its samples are PCM as well wherever we look.
      if code ~= 1 and code ~= 65534 then return nil, "not a WAV file of PCM" end
      found = { channels = number(text, at + 10, 2), rate = number(text, at + 12, 4), width = number(text, at + 22, 2) / 8 }
    elseif name == "data" and found then
      found.first, found.last = at + 8, math.min(at + 7 + size, #text)
      break
    end
    at = at + 8 + size + size % 2
  end
  if not found or not found.first then return nil, "a WAV file without samples" end
  local it = found
  if it.channels < 1 or it.channels > 8 or it.rate < 4000 or it.rate > 192000 or it.width < 1 or it.width > 4
    or it.width ~= math.floor(it.width) then
    return nil, "a WAV file of a strange kind"
  end
  it.frames = math.floor((it.last - it.first + 1) / (it.channels * it.width))
  return it
end

-- A frame as one sample of 16 bits: the mean of its channels. Of 8 bits none is below zero.
local function frame_at(text, it, at)
  local sum, width = 0, it.width
  for channel = 0, it.channels - 1 do
    local last = at + channel * width + width - 1
    if width == 1 then
      sum = sum + (text:byte(last) - 128) * 256
    else
      local low, high = text:byte(last - 1, last)
      sum = sum + low + (high > 127 and high - 256 or high) * 256
    end
  end
  return sum / it.channels
end

local function sample(value)
  value = math.floor(math.max(-32768, math.min(32767, value)) + 0.5)
  if value < 0 then value = value + 65536 end
  return string.char(value % 256, math.floor(value / 256))
end

local function whole(data) return "RIFF" .. bytes_of(36 + #data) .. FORMAT .. bytes_of(#data) .. data end

--- The same sound as Asterisk plays it; nil and why not. It may wait: a long one is much work.
function wave.convert(text)
  local it, problem = wave.read(text)
  if not it then return nil, problem end
  if it.rate == wave.RATE and it.channels == 1 and it.width == 2 then return whole(text:sub(it.first, it.last)) end
  local samples, out, done = math.floor(it.frames * wave.RATE / it.rate), {}, 0
  local step, size = it.rate / wave.RATE, it.channels * it.width
  for n = 0, samples - 1 do
    -- All frames that one sample stands for, so that nothing higher than it can say is folded into it.
    local from, to = math.floor(n * step), math.max(math.floor(n * step), math.ceil((n + 1) * step) - 1)
    local sum = 0
    for frame = from, math.min(to, it.frames - 1) do sum = sum + frame_at(text, it, it.first + frame * size) end
    out[n + 1] = sample(sum / (math.min(to, it.frames - 1) - from + 1))
    done = done + to - from + 1
    if done > SLICE then
      done = 0
      task.sleep(0)
    end
  end
  return whole(table.concat(out))
end

return wave
