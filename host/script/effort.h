// Effort: the bounds of one primitive while it works in C++, where no hook of the watchdog
// reaches. Its time is that of the script it works for; what it makes must fit in the Lua
// state. Lives in the primitive's own frame: it raises Lua errors.
#pragma once

#include <lua.hpp>

#include <cstddef>

namespace host::script {

class Runtime;

class Effort {
 public:
  explicit Effort(lua_State* L) noexcept;
  // What has taken long is followed by others of the lane as soon as Lua can be interrupted.
  ~Effort();
  Effort(const Effort&) = delete;
  Effort& operator=(const Effort&) = delete;

  // So many steps, or bytes that were looked at. Raises when the script's time is used up.
  void work(std::size_t units) {
    done_ += units;
    if (done_ >= next_look_) look();
  }
  // The text that is being made has so many bytes by now, outside the state. Raises "not
  // enough memory" when the state could not take it.
  void made(std::size_t bytes) {
    if (bytes > most_) refuse(bytes);
  }

 private:
  void look();
  void refuse(std::size_t bytes);

  lua_State* L_;
  Runtime* runtime_;  // nullptr: a state that is not ours (a unit test's own)
  std::size_t done_ = 0;
  std::size_t next_look_;
  std::size_t most_;
};

}  // namespace host::script
