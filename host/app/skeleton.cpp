#include "app/skeleton.h"

#include <filesystem>
#include <fstream>
#include <vector>

#include "base/text.h"

namespace host::app {

using base::Result;

namespace {

struct File {
  std::string path;
  std::string text;
};

constexpr const char* route_script = R"(-- @name@: say in one line what this endpoint is for.
local @name@ = route {
  family = "@name@",
  summary = "What it does, in one sentence.",
  actions = {
    -- access: public (no key), read, write (a read-only key is refused) or admin (global key).
    get = {
      verb = "GET /@name@/{id}", access = "read", summary = "One of them.",
      params = { id = { type = "integer", min = 1, required = true, example = 1 } },
    },
  },
}

-- req.params is checked and converted; req.tenant is the key's tenant.
-- Return a value, or nil and an error: { code = "not_found", message = "..." }.
function @name@.get(req)
  return { id = req.params.id, tenant = req.tenant.code }
end

return @name@
)";

constexpr const char* route_test = R"(test("answers with a key of the tenant", function(t)
  local res = t.http:get("/@name@/7", { query = { tenant = "DEMO", key = t.key } })
  t.equal(res.status, 200)
  t.equal(res.json.id, 7)
end)

test("refuses to answer without a key", function(t)
  t.equal(t.http:get("/@name@/7").status, 401)
end)
)";

constexpr const char* reqtype_script = R"(-- reqtype=@NAME@: say in one line what it reads or changes.
local answer = require "proxyapi.lib.answer"

local @name@ = route {
  reqtype = "@NAME@",
  summary = "What it does, in one sentence.",
  params = { number = { type = "extension", required = true } },
  actions = {
    get = { access = "read" },
  },
}

-- One record in the format that is asked for; answer.list, value, done and ok are the other shapes.
function @name@.get(req)
  return answer.record({ "number" }, { number = req.params.number })
end

return @name@
)";

constexpr const char* reqtype_test = R"(test("answers", function(t)
  local res = t.http:get("/proxyapi.php", {
    query = { key = t.key, tenant = "DEMO", reqtype = "@NAME@", action = "get", number = "100", format = "json" },
  })
  t.equal(res.status, 200)
  t.equal(res.json.number, "100")
end)
)";

constexpr const char* model_script = R"(-- @name@: one kind of record of a tenant. The table is in schema/9001_@name@.sql.
local object = require "engine.object"

return object {
  name = "@name@",
  summary = "What one of them is.",
  table = "my_@name@s",
  id = "my_id",
  tenant = "my_te_id",     -- leave out for records that belong to nobody
  label = "my_name",       -- what lists call `name`
  required = { "my_name" },
  aliases = { name = "my_name", comment = "my_comment" },
}
)";

constexpr const char* object_table = R"(-- The table of model/@name@.lua; `patchbay migrate` makes it. Never edit a file that was applied: add another.
CREATE TABLE my_@name@s (
  my_id INTEGER PRIMARY KEY AUTOINCREMENT, my_te_id INTEGER NOT NULL DEFAULT 0,
  my_name VARCHAR(80) NOT NULL, my_comment TEXT
);
CREATE INDEX i_my_@name@s ON my_@name@s (my_te_id, my_name);
)";

constexpr const char* object_script = R"(-- OpenAPI object @name@: list, get, create, modify and delete over model/@name@.lua.
local resource = require "openapi.lib.resource"

return resource(require "model.@name@")
)";

constexpr const char* object_test = R"(test("creates, lists and deletes", function(t)
  local made = t.http:post("/openapi.php/@name@s", { query = { tenant = "DEMO", key = t.key }, json = { name = "one" } })
  t.equal(made.status, 201)
  local gone = t.http:delete("/openapi.php/@name@s/" .. made.json.id, { query = { tenant = "DEMO", key = t.key } })
  t.equal(gone.status, 200)
end)
)";

std::string fill(std::string text, const std::string& name) {
  std::string upper = name;
  for (char& c : upper) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  auto replace = [&text](const std::string& mark, const std::string& value) {
    for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + value.size())) {
      text.replace(at, mark.size(), value);
    }
  };
  replace("@name@", name);
  replace("@NAME@", upper);
  return text;
}

bool valid_name(const std::string& name) {
  if (name.empty() || name.size() > 60 || !(name[0] >= 'a' && name[0] <= 'z')) return false;
  return name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
}

}  // namespace

Result<std::string> write_skeleton(const std::string& kind, const std::string& name,
                                   const std::string& folder) {
  if (!valid_name(name)) return base::invalid("name: small letters, digits and _: " + name);
  std::vector<File> files;
  if (kind == "route") {
    files = {{name + ".lua", route_script}, {name + "_test.lua", route_test}};
  } else if (kind == "reqtype") {
    files = {{"proxyapi/" + name + ".lua", reqtype_script}, {"proxyapi/" + name + "_test.lua", reqtype_test}};
  } else if (kind == "model") {
    files = {{"schema/9001_" + name + ".sql", object_table}, {"model/" + name + ".lua", model_script}};
  } else {
    files = {{"schema/9001_" + name + ".sql", object_table},
             {"model/" + name + ".lua", model_script},
             {"openapi/" + name + ".lua", object_script},
             {"openapi/" + name + "_test.lua", object_test}};
  }
  std::string written;
  std::error_code problem;
  for (const File& file : files) {
    std::filesystem::path path = std::filesystem::path(folder) / file.path;
    // A model that is there already is what `new object` is for.
    if (std::filesystem::exists(path, problem)) {
      if (kind == "object" && (file.path.rfind("model/", 0) == 0 || file.path.rfind("schema/", 0) == 0)) continue;
      return base::Error{base::Code::conflict, "exists already: " + path.string()};
    }
    std::filesystem::create_directories(path.parent_path(), problem);
    std::ofstream out(path);
    out << fill(file.text, name);
    out.close();
    if (!out) return base::unavailable("cannot be written: " + path.string());
    written += path.string() + "\n";
  }
  return written;
}

}  // namespace host::app
