#include <algorithm>

#include "bind/bind.h"
#include "script/modules.h"

namespace host::bind {

void open_all(lua_State* L) {
  open_ami(L);
  open_backup(L);
  open_cache(L);
  open_calls(L);
  open_config(L);
  open_console(L);
  open_crypto(L);
  open_csv(L);
  open_files(L);
  open_helper(L);
  open_http(L);
  open_json(L);
  open_log(L);
  open_machine(L);
  open_shared(L);
  open_store(L);
  open_task(L);
  open_time(L);
  open_xml(L);
}

std::vector<std::string> api_names() {
  std::vector<std::string> names = route_names();
  Services nothing;
  lua_State* L = luaL_newstate();
  set_services(L, &nothing);
  open_all(L);
  for (const std::string& module : script::module_names(L)) {
    script::push_module_fields(L, module.c_str());
    lua_pushnil(L);
    while (lua_next(L, -2)) {
      names.push_back(module + "." + lua_tostring(L, -2));
      lua_pop(L, 1);
    }
    lua_pop(L, 1);
  }
  lua_close(L);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace host::bind
