-- E1 to E3 on nginx: prepared statements, one read transaction around a request.
local cjson = require "cjson"
local DBI = require "DBI"
local ffi = require "ffi"

ffi.cdef "unsigned char *SHA256(const unsigned char *d, size_t n, unsigned char *md);"

local app = {}
local connection, key_statement, one_statement, list_statement
local digest = ffi.new("unsigned char[32]")
local hex = {}
for i = 0, 255 do hex[string.char(i)] = ("%02x"):format(i) end

function app.open(path)
  connection = assert(DBI.Connect("SQLite3", path))
  connection:autocommit(false)
  key_statement = assert(connection:prepare(
    "SELECT ak_te_id, ak_read_only FROM keys WHERE ak_hash = ? AND ak_revoked IS NULL"))
  one_statement = assert(connection:prepare(
    "SELECT * FROM ex_extensions WHERE ex_te_id = ? AND ex_number = ?"))
  list_statement = assert(connection:prepare(
    "SELECT ex_id AS id, ex_number AS number, ex_name AS name, ex_tech AS tech "
    .. "FROM ex_extensions WHERE ex_te_id = ?"))
end

local function tenant(key)
  ffi.C.SHA256(key, #key, digest)
  key_statement:execute((ffi.string(digest, 32):gsub(".", hex)))
  local row = key_statement:fetch()
  return row and row[1]
end

function app.hello() ngx.print(cjson.encode({ hello = "world" })) end

function app.one()
  local args = ngx.req.get_uri_args()
  one_statement:execute(tenant(args.key), args.number)
  local row = one_statement:fetch(true)
  connection:commit()
  ngx.print(cjson.encode(row))
end

function app.list()
  list_statement:execute(tenant(ngx.req.get_uri_args().key))
  local rows, count = {}, 0
  for row in list_statement:rows(true) do
    count = count + 1
    rows[count] = row
  end
  connection:commit()
  ngx.print(cjson.encode(rows))
end

return app
