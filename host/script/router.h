// Router: the paths of one surface as a tree. `{name}` matches one segment, and a literal
// may follow it in the same segment ("/sip/{id}:getStatus"). The most specific path wins.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace host::script {

class Router {
 public:
  static constexpr std::size_t max_segments = 32;

  // `target` is the caller's number for this route. Errors name the pattern; `taken` becomes the target
  // of the route that is there already.
  base::Result<void> add(std::string_view method, std::string_view path, int target, int* taken = nullptr);

  // Views into the path that was given to find().
  struct Match {
    int target = -1;
    std::array<std::string_view, max_segments> arguments;
    std::size_t count = 0;
    std::vector<std::string_view> allowed;  // when only the method did not fit
  };
  // Duplicate and trailing slashes are ignored. HEAD is served by GET.
  void find(std::string_view method, std::string_view path, Match& match) const;

  // Names of the `{name}` segments of a path, in order.
  static std::vector<std::string> names(std::string_view path);

 private:
  struct Leaf {
    std::string method;
    int target;
  };
  struct Branch {
    std::string text;  // the literal, or what follows the argument
    int node;
  };
  struct Node {
    std::vector<Branch> literals;   // sorted
    std::vector<Branch> arguments;  // longest suffix first
    std::vector<Leaf> leaves;
  };
  using Segments = std::array<std::string_view, max_segments>;

  bool descend(int node, const Segments& segments, std::size_t index, std::size_t count,
               std::string_view method, Match& match) const;

  std::vector<Node> nodes_{1};
};

}  // namespace host::script
