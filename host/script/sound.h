// Builds a generation of whatever loads: a file that does not is set aside, with what depends on it, and
// what it overrides is served in its place.
#pragma once

#include <memory>
#include <vector>

#include "base/function.h"
#include "base/result.h"
#include "script/generation.h"
#include "script/source.h"

namespace host::script {

struct Sound {
  std::unique_ptr<Generation> generation;
  std::shared_ptr<const ScriptSet> scripts;  // it was built of; `aside` is what was given up
};

// `build` makes a generation of a set and says what was wrong. Fails when no file is to blame.
using Build = base::Function<base::Result<std::unique_ptr<Generation>>(const ScriptSet&, std::vector<Problem>&)>;
base::Result<Sound> build_sound(std::shared_ptr<const ScriptSet> scripts, Build build);

}  // namespace host::script
