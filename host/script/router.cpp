#include "script/router.h"

#include <algorithm>

namespace host::script {

using base::Result;

// The segments between slashes, empty ones left out; more than fit: false.
static bool split(std::string_view path, std::array<std::string_view, Router::max_segments>& out,
                  std::size_t& count) {
  count = 0;
  std::size_t at = 0;
  while (at < path.size()) {
    if (path[at] == '/') {
      ++at;
      continue;
    }
    std::size_t end = std::min(path.find('/', at), path.size());
    if (count == Router::max_segments) return false;
    out[count++] = path.substr(at, end - at);
    at = end;
  }
  return true;
}

static bool valid_name(std::string_view name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

Result<void> Router::add(std::string_view method, std::string_view path, int target, int* taken) {
  auto wrong = [&](const char* what) {
    return base::invalid("\"" + std::string(method) + " " + std::string(path) + "\": " + what);
  };
  if (!path.starts_with('/')) return wrong("a path starts with '/'");
  Segments segments;
  std::size_t count = 0;
  if (!split(path, segments, count)) return wrong("too many segments");

  int node = 0;
  for (std::size_t i = 0; i < count; ++i) {
    std::string_view segment = segments[i];
    bool argument = segment.starts_with('{');
    std::string text(segment);
    if (argument) {
      std::size_t end = segment.find('}');
      if (end == std::string_view::npos || !valid_name(segment.substr(1, end - 1))) {
        return wrong("a segment must be text or {name}");
      }
      text = segment.substr(end + 1);
    }
    if (text.find_first_of("{}") != std::string::npos) {
      return wrong("a segment must be text or {name}");
    }
    auto& branches = argument ? nodes_[static_cast<std::size_t>(node)].arguments
                              : nodes_[static_cast<std::size_t>(node)].literals;
    auto found = std::find_if(branches.begin(), branches.end(),
                              [&](const Branch& branch) { return branch.text == text; });
    if (found != branches.end()) {
      node = found->node;
      continue;
    }
    int made = static_cast<int>(nodes_.size());
    branches.push_back({text, made});
    if (argument) {
      std::stable_sort(branches.begin(), branches.end(), [](const Branch& a, const Branch& b) {
        return a.text.size() > b.text.size();
      });
    } else {
      std::sort(branches.begin(), branches.end(),
                [](const Branch& a, const Branch& b) { return a.text < b.text; });
    }
    nodes_.emplace_back();
    node = made;
  }
  auto& leaves = nodes_[static_cast<std::size_t>(node)].leaves;
  for (const Leaf& leaf : leaves) {
    if (leaf.method != method) continue;
    if (taken) *taken = leaf.target;
    return wrong("declared twice");
  }
  leaves.push_back({std::string(method), target});
  return {};
}

std::vector<std::string> Router::names(std::string_view path) {
  std::vector<std::string> names;
  std::size_t at = 0;
  while ((at = path.find('{', at)) != std::string_view::npos) {
    std::size_t end = std::min(path.find('}', at), path.size());
    names.emplace_back(path.substr(at + 1, end - at - 1));
    at = end;
  }
  return names;
}

bool Router::descend(int number, const Segments& segments, std::size_t index, std::size_t count,
                     std::string_view method, Match& match) const {
  const Node& node = nodes_[static_cast<std::size_t>(number)];
  if (index == count) {
    int get = -1;
    for (const Leaf& leaf : node.leaves) {
      if (leaf.method == method) {
        match.target = leaf.target;
        return true;
      }
      if (leaf.method == "GET") get = leaf.target;
    }
    if (get >= 0 && method == "HEAD") {
      match.target = get;
      return true;
    }
    for (const Leaf& leaf : node.leaves) {
      if (std::find(match.allowed.begin(), match.allowed.end(), leaf.method) == match.allowed.end()) {
        match.allowed.push_back(leaf.method);
      }
    }
    return false;
  }
  std::string_view segment = segments[index];
  auto literal = std::lower_bound(
      node.literals.begin(), node.literals.end(), segment,
      [](const Branch& branch, std::string_view text) { return branch.text < text; });
  if (literal != node.literals.end() && literal->text == segment &&
      descend(literal->node, segments, index + 1, count, method, match)) {
    return true;
  }
  for (const Branch& branch : node.arguments) {
    if (segment.size() <= branch.text.size() || !segment.ends_with(branch.text)) continue;
    std::size_t before = match.count;
    match.arguments[match.count++] = segment.substr(0, segment.size() - branch.text.size());
    if (descend(branch.node, segments, index + 1, count, method, match)) return true;
    match.count = before;
  }
  return false;
}

void Router::find(std::string_view method, std::string_view path, Match& match) const {
  match.target = -1;
  match.count = 0;
  match.allowed.clear();
  Segments segments;
  std::size_t count = 0;
  if (!split(path, segments, count)) return;
  if (descend(0, segments, 0, count, method, match)) match.allowed.clear();
}

}  // namespace host::script
