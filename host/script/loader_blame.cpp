// Whose fault it is that a set of scripts does not load.
#include "script/loader.h"

namespace host::script {

int Loader::folder_of(const std::string& file) const {
  auto found = scripts_.scripts.find(file);
  return found == scripts_.scripts.end() ? 0 : found->second.folder;
}

// A stock file that fails because a file of one's own stands in for one it requires is not to blame.
std::string Loader::to_blame(const std::string& file) const {
  if (folder_of(file) > 0) return file;
  std::set<std::string> seen{file};
  std::vector<std::string> look{file};
  while (!look.empty()) {
    auto needs = needs_.find(look.back());
    look.pop_back();
    if (needs == needs_.end()) continue;
    for (const std::string& needed : needs->second) {
      if (!seen.insert(needed).second) continue;
      auto script = scripts_.scripts.find(needed);
      if (script != scripts_.scripts.end() && script->second.folder > 0 && script->second.below) return needed;
      look.push_back(needed);
    }
  }
  return file;
}

void Loader::problem(const std::string& culprit, std::string text) {
  problems_.push_back({to_blame(culprit), std::move(text)});
}

int Loader::clash(lua_State* L, const std::string& other, const std::string& text) {
  culprit_ = folder_of(other) > folder_of(file_) ? other : file_;
  return luaL_error(L, "%s", text.c_str());
}

}  // namespace host::script
