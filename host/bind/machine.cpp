// Module `machine`: what the machine says of its own network.
#include "base/machine.h"

#include <lua.hpp>

#include "bind/bind.h"
#include "script/push.h"

namespace host::bind {

using script::set_field;

static int machine_interfaces(lua_State* L) {
  lua_newtable(L);
  int count = 0;
  for (const auto& it : base::machine::interfaces()) {
    lua_createtable(L, 0, 4);
    set_field(L, "name", std::string_view(it.name));
    lua_pushboolean(L, it.up);
    lua_setfield(L, -2, "up");
    if (!it.address.empty()) {
      set_field(L, "address", std::string_view(it.address));
      set_field(L, "netmask", std::string_view(it.netmask));
    }
    lua_rawseti(L, -2, ++count);
  }
  return 1;
}

static int machine_routes(lua_State* L) {
  lua_newtable(L);
  int count = 0;
  for (const auto& it : base::machine::routes()) {
    lua_createtable(L, 0, 3);
    set_field(L, "interface", std::string_view(it.interface));
    set_field(L, "destination", std::string_view(it.destination));
    set_field(L, "gateway", std::string_view(it.gateway));
    lua_rawseti(L, -2, ++count);
  }
  return 1;
}

static int machine_name_servers(lua_State* L) {
  lua_newtable(L);
  int count = 0;
  for (const std::string& it : base::machine::name_servers()) {
    script::push_string(L, it);
    lua_rawseti(L, -2, ++count);
  }
  return 1;
}

void open_machine(lua_State* L) {
  static constexpr luaL_Reg functions[] = {{"interfaces", machine_interfaces},
                                           {"routes", machine_routes},
                                           {"name_servers", machine_name_servers},
                                           {nullptr, nullptr}};
  open_module(L, "machine", functions);
}

}  // namespace host::bind
