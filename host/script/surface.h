// What a generation knows about its dialects, routes and jobs once they are loaded.
// Integers are Lua registry references, valid as long as the Runtime.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "script/router.h"

namespace host::script {

// An action with a verb: what the router found.
struct Verb {
  std::string file;
  std::string label;
  std::string action;
  std::string access;
  std::vector<std::string> arguments;  // names of the {parts}
  int route = -1;                      // the declaration
  int name = -1;                       // `action` as a Lua string
  int handler = -1;
};

struct Cors {
  std::string origin, methods, headers;
};

struct Surface {
  std::string name;
  std::string title;  // for people
  std::vector<std::string> mounts;
  std::string folder;              // of its surface.lua, "hotel/"; "" at the top
  std::vector<std::string> words;  // fields of a route that tell it from others, "family"
  std::unique_ptr<Cors> cors;
  int table = -1, handle = -1, failed = -1;
  Router router;
  std::vector<Verb> verbs;  // by the router's target
};

struct Mount {
  std::string prefix;
  Surface* surface;
};

// The surface of a path: the longest mount that is a prefix ending at a slash.
const Mount* find_mount(const std::vector<Mount>& mounts, std::string_view path) noexcept;

}  // namespace host::script
