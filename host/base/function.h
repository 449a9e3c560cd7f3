// Function<R(A...)>: a move-only std::function, so that a callback may own what it
// captures (std::move_only_function is not in g++ 12).
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

namespace host::base {

template <typename Signature>
class Function;

template <typename R, typename... Args>
class Function<R(Args...)> {
 public:
  Function() = default;
  Function(std::nullptr_t) {}

  template <typename F>
    requires(!std::is_same_v<std::remove_cvref_t<F>, Function> &&
             std::is_invocable_r_v<R, std::remove_cvref_t<F>&, Args...>)
  Function(F&& callable)
      : target_(std::make_unique<Holder<std::remove_cvref_t<F>>>(std::forward<F>(callable))) {}

  explicit operator bool() const noexcept { return target_ != nullptr; }
  R operator()(Args... args) { return target_->call(std::forward<Args>(args)...); }

 private:
  struct Target {
    virtual ~Target() = default;
    virtual R call(Args... args) = 0;
  };
  template <typename F>
  struct Holder final : Target {
    explicit Holder(F callable) : callable(std::move(callable)) {}
    R call(Args... args) override { return static_cast<R>(callable(std::forward<Args>(args)...)); }
    F callable;
  };

  std::unique_ptr<Target> target_;
};

}  // namespace host::base
