-- For wrk: creates phones, each number once. Arguments behind `--`: the first number, the key, the tenant.
local number, key, tenant

function init(arguments)
  number, key, tenant = tonumber(arguments[1]), arguments[2], arguments[3]
end

function request()
  number = number + 1
  return wrk.format("POST", "/openapi.php/extensions?tenant=" .. tenant,
    { ["X-API-Key"] = key, ["Content-Type"] = "application/json" },
    ('{"number":"%d","name":"Phone %d","password":"a-secret-%d"}'):format(number, number, number))
end

function done(summary, latency)
  local lost = summary.errors
  io.write(string.format('{"requests":%d,"seconds":%.6f,"p50":%.1f,"p99":%.1f,"wrong":%d}\n', summary.requests,
    summary.duration / 1e6, latency:percentile(50), latency:percentile(99),
    lost.status + lost.connect + lost.read + lost.write + lost.timeout))
end
