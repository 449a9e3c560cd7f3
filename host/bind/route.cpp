// The names of the page docs/api/route.lua. They are globals, and what they do belongs to
// the loading of scripts: host/script/globals.cpp.
#include "bind/bind.h"

namespace host::bind {

std::vector<std::string> route_names() {
  return {"route", "surface", "job", "routes.list", "routes.surfaces", "host.info"};
}

}  // namespace host::bind
