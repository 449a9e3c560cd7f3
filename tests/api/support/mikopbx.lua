-- How the tests of this folder ask.
local client = { BASE = "/pbxcore/api/v3" }

--- Headers of a request with a key, the tenant's own unless another is given.
function client.bearer(t, key)
  return { Authorization = "Bearer " .. (key or t.key) }
end

--- Creates an employee.
function client.employee(t, number, name)
  return t.http:post(client.BASE .. "/employees", { headers = client.bearer(t),
    json = { number = number, user_username = name, sip_secret = "S3cure-Pass-1!" } })
end

return client
