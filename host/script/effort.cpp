#include "script/effort.h"

#include <limits>

#include "script/runtime.h"

namespace host::script {

// A step of an encoder is some tens of nanoseconds, a byte of a search is one at most.
static constexpr std::size_t units_between_looks = 4096;
// Less than this is not worth a call of the hook at the next instruction.
static constexpr std::size_t noticeable = 64 * 1024;

Effort::Effort(lua_State* L) noexcept
    : L_(L),
      runtime_(find_runtime(L)),
      next_look_(units_between_looks),
      most_(runtime_ ? runtime_->room() : std::numeric_limits<std::size_t>::max()) {}

Effort::~Effort() {
  if (runtime_ && done_ >= noticeable) runtime_->slot().soon();
}

void Effort::look() {
  next_look_ = done_ + units_between_looks;
  if (!runtime_) return;
  if (runtime_->slot().over_budget()) runtime_->kill(L_, true);
  most_ = runtime_->room();
}

void Effort::refuse(std::size_t bytes) {
  // What the script did meanwhile (a metamethod) may have made or taken room.
  if (runtime_ && bytes <= (most_ = runtime_->room())) return;
  // A real one, so that it ends as any other: the allocator says no.
  lua_newuserdata(L_, bytes);
  luaL_error(L_, "not enough memory");
}

}  // namespace host::script
