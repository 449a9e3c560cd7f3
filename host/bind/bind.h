// What every binding needs: the lane's services, and how a module is opened. One file
// beside this one is one Lua module of the same name.
#pragma once

#include <lua.hpp>

#include <memory>
#include <string>
#include <vector>

#include "script/passwords.h"

namespace host::loop {
class Loop;
class Deadlines;
class Worker;
}  // namespace host::loop
namespace host::http {
class Client;
}
namespace host::ami {
class Hub;
}
namespace host::script {
class Helpers;
class SharedTexts;
}
namespace host::store {
class Backups;
class Guard;
class Reader;
class Shares;
class Writer;
}  // namespace host::store

namespace host::bind {

struct FileRoots;   // bind/files.cpp
class SharedCache;  // bind/cache.h: process-wide, thread-safe

// Made by main, one per lane; outlives the lane's generations. A pointer is null when
// the service does not exist here (a throw-away state that only checks scripts).
struct Services {
  loop::Loop* loop = nullptr;
  loop::Deadlines* deadlines = nullptr;
  loop::Worker* worker = nullptr;  // small blocking jobs of this lane (files)
  store::Reader* reader = nullptr;
  store::Writer* writer = nullptr;
  store::Guard* guard = nullptr;    // of the store's file; null: nobody looks
  store::Shares* shares = nullptr;  // of exports; null: only what the store bounds
  store::Backups* backups = nullptr;
  ami::Hub* hub = nullptr;
  http::Client* http = nullptr;
  SharedCache* cache = nullptr;
  script::SharedTexts* texts = nullptr;
  std::shared_ptr<script::Helpers> helpers;
  std::shared_ptr<script::Passwords> passwords = std::make_shared<script::Passwords>();
  std::string recordings, voicemail, media, fax;  // roots of module files, absolute
  std::string pages;                              // what /docs is made of: public, read only
  std::string call_records;                       // Asterisk's own CDR file (SQLite), or empty
  std::string call_records_name;                  // what the store knows it by
  std::string settings_json;                      // [settings] of the configuration
  std::string* console = nullptr;                 // what a command has said; null: no command runs
};

// The services of the lane this state belongs to.
Services& services(lua_State* L);
void set_services(lua_State* L, Services* services);

// Registers `functions` as a module that `require "name"` returns, and remembers their
// names for --list-api. The table is read-only for scripts.
void open_module(lua_State* L, const char* name, const luaL_Reg* functions);

// Adds the value on top of the stack to a module that is open already, and pops it.
void open_constant(lua_State* L, const char* module, const char* name);

// A file per module; every one is listed in open_all.
void open_ami(lua_State* L);
void open_backup(lua_State* L);
void open_cache(lua_State* L);
void open_calls(lua_State* L);
void open_config(lua_State* L);
void open_console(lua_State* L);
void open_crypto(lua_State* L);
void open_csv(lua_State* L);
void open_files(lua_State* L);
void open_helper(lua_State* L);
void open_http(lua_State* L);
void open_json(lua_State* L);
void open_log(lua_State* L);
void open_machine(lua_State* L);
void open_shared(lua_State* L);
void open_store(lua_State* L);
void open_task(lua_State* L);
void open_time(lua_State* L);
void open_xml(lua_State* L);

void open_all(lua_State* L);

// "ami.action", "log.info", ...: every name a page in docs/api must describe.
std::vector<std::string> api_names();
std::vector<std::string> route_names();  // bind/route.cpp: those that are globals

}  // namespace host::bind
