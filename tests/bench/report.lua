-- For wrk: what a round came to, as one line of JSON.
function done(summary, latency)
  local lost = summary.errors
  io.write(string.format(
    '{"requests":%d,"seconds":%.6f,"bytes":%d,"p50":%.1f,"p99":%.1f,"max":%.1f,"refused":%d,"lost":%d}\n',
    summary.requests, summary.duration / 1e6, summary.bytes, latency:percentile(50),
    latency:percentile(99), latency.max, lost.status,
    lost.connect + lost.read + lost.write + lost.timeout))
end
