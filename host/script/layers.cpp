#include "script/layers.h"

#include <array>
#include <optional>

namespace host::script::layers {

namespace {

// Lowest first. A layer may require itself and what stands before it.
constexpr std::array<std::string_view, 5> shared = {"lib", "engine", "access", "model", "document"};
// What tests run on, and what they share (`patchbay test` alone has these).
constexpr std::array<std::string_view, 2> for_tests = {"testing", "support"};
constexpr std::size_t family_rank = shared.size();

std::string_view first_part(std::string_view file) {
  std::size_t slash = file.find('/');
  return slash == std::string_view::npos ? std::string_view() : file.substr(0, slash);
}

// Where "lib/" begins below a family, or nothing.
std::optional<std::size_t> own_library(std::string_view file) {
  std::size_t at = file.find("/lib/");
  if (at == std::string_view::npos) return std::nullopt;
  return at + 1;
}

bool is_for_tests(std::string_view file) {
  return first_part(file) == for_tests[0] || first_part(file) == for_tests[1];
}

std::size_t rank_of(std::string_view file) {
  std::string_view first = first_part(file);
  for (std::size_t i = 0; i < shared.size(); ++i) {
    if (shared[i] == first) return i;
  }
  return family_rank;
}

}  // namespace

std::string_view folder_of(std::string_view file) {
  std::size_t slash = file.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : file.substr(0, slash + 1);
}

Role role_of(std::string_view file) {
  if (rank_of(file) < family_rank || is_for_tests(file)) return Role::library;
  if (own_library(file)) return Role::library;
  if (first_part(file) == "jobs") return Role::job;
  if (first_part(file) == "commands") return Role::command;
  if (file.substr(folder_of(file).size()) == "surface.lua") return Role::surface;
  return Role::route;
}

std::string refusal(std::string_view from, std::string_view to, std::string_view served) {
  std::string wanted(to);
  if (role_of(to) != Role::library) {
    return wanted + " is a script; only libraries can be required (lib/, engine/, access/, model/, document/, FAMILY/lib/)";
  }
  if (is_for_tests(to)) return is_for_tests(from) ? "" : wanted + " is for tests alone";
  if (rank_of(from) < family_rank || is_for_tests(from)) {
    std::size_t most = is_for_tests(from) ? family_rank - 1 : rank_of(from);
    if (rank_of(to) <= most) return "";
    return std::string(first_part(from)) + "/ may not require " + std::string(first_part(to)) +
           "/, which stands above it";
  }
  auto library = own_library(to);
  if (!library || rank_of(to) < family_rank) return "";
  std::string_view family = to.substr(0, *library);
  if (from.starts_with(family) || served == family) return "";
  return wanted + " is for what " + std::string(family) + " serves";
}

}  // namespace host::script::layers
