// Loader: fills an empty generation from a set of scripts. Lives only during build().
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "script/declare.h"
#include "script/task_state.h"

namespace host::script {

class Loader {
 public:
  Loader(Generation::State& state, const ScriptSet& scripts, std::vector<Problem>& problems);

  // Problems are added to the list; an empty list means the generation is sound.
  void run();

  // What the Lua functions of the same names do; they raise.
  int route(lua_State* L);
  int surface(lua_State* L);
  int job(lua_State* L);
  // Pushes the value of a script module, loading it when it is new.
  int require(lua_State* L, const std::string& name);

 private:
  enum class Kind { surface, script, job };

  void load(Kind kind, const std::string& file);
  void run_chunk(lua_State* L, const std::string& file);
  void must_be(lua_State* L, Kind kind, const char* what);
  void finish_surface(lua_State* L, const std::string& file, int table);
  void finish_routes(lua_State* L, const std::string& file);
  void check_functions(lua_State* L, const std::string& file, const DeclaredRoute& declared);
  void check_identity(lua_State* L, const Surface& surface, const std::string& file,
                      const DeclaredRoute& declared);
  void add_action(lua_State* L, Surface& surface, const std::string& file,
                  const DeclaredRoute& declared, const std::string& action);
  void call_loaded(Surface& surface);
  void sort_mounts();
  Surface* surface_of(const std::string& file) const;
  void problem(const std::string& culprit, std::string text);
  int folder_of(const std::string& file) const;
  // Raises `text`: of two files that do not go together the less stock one is to blame.
  int clash(lua_State* L, const std::string& other, const std::string& text);
  std::string to_blame(const std::string& file) const;

  Generation::State& state_;
  Runtime& runtime_;
  const ScriptSet& scripts_;
  std::vector<Problem>& problems_;
  std::map<std::string, std::set<std::string>> needs_;  // what a file requires
  std::string culprit_;                                 // of the load that fails

  Kind kind_ = Kind::script;
  std::string file_;
  std::vector<std::string> requiring_;  // the chain of require calls that is running
  std::vector<DeclaredRoute> routes_;   // of the file that loads
  std::vector<int> surfaces_;
  std::map<std::string, std::string> identities_;  // identity -> file
  bool stopped_ = false;
};

// Registers route, surface, job, require, routes, host and xpcall as globals.
void open_globals(lua_State* L, Generation::State& state);

// The list of all routes (a Lua array of declarations) that routes.list reads.
void push_route_list(lua_State* L);

}  // namespace host::script
