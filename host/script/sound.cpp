#include "script/sound.h"

#include <set>

#include "script/layers.h"

namespace host::script {

using base::Result;

// With a surface goes all that it served: another would answer it in the wrong words.
static bool give_up(ScriptSet& set, const Problem& problem) {
  if (!set.set_aside(problem.script, problem.message)) return false;
  if (layers::role_of(problem.script) != layers::Role::surface || set.scripts.count(problem.script)) return true;
  std::string folder(layers::folder_of(problem.script));
  std::vector<std::string> served;
  for (const auto& [name, script] : set.scripts) {
    if (name.starts_with(folder)) served.push_back(name);
  }
  for (const std::string& name : served) {
    while (set.set_aside(name, name + ": its surface was set aside")) {
    }
  }
  return true;
}

Result<Sound> build_sound(std::shared_ptr<const ScriptSet> scripts, Build build) {
  for (;;) {
    std::vector<Problem> problems;
    auto built = build(*scripts, problems);
    if (built) return Sound{std::move(built).value(), std::move(scripts)};
    auto fewer = std::make_shared<ScriptSet>(*scripts);
    bool some = false;
    std::set<std::string> told;
    for (const Problem& problem : problems) {
      if (told.insert(problem.script).second) some = give_up(*fewer, problem) || some;
    }
    if (!some) return std::move(built).error();
    scripts = std::move(fewer);
  }
}

}  // namespace host::script
