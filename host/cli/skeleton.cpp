#include "cli/skeleton.h"

#include <filesystem>
#include <fstream>
#include <set>
#include <string_view>

#include "base/text.h"

namespace host::cli {

using base::Result;

namespace {

struct Template {
  std::string_view path;  // kind/folder/NAME.lua
  std::string_view text;
};

// examples/templates, put together by the build.
constexpr Template templates[] = {
#include "templates.inc"
};

// What writes the files of another kind as well, unless they are there already.
constexpr std::string_view on_top = "object", below = "model";

std::string replaced(std::string text, std::string_view mark, std::string_view value) {
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + value.size())) {
    text.replace(at, mark.size(), value);
  }
  return text;
}

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return text;
}

std::string fill(std::string_view text, const std::string& name) {
  return replaced(replaced(std::string(text), "@name@", name), "@NAME@", upper(name));
}

bool valid_name(const std::string& name) {
  if (name.empty() || name.size() > 60 || !(name[0] >= 'a' && name[0] <= 'z')) return false;
  return name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
}

std::string_view kind_of(const Template& one) { return one.path.substr(0, one.path.find('/')); }

// The names of the files written, a line each.
Result<std::string> write_kind(std::string_view kind, const std::string& name, const std::string& folder, bool keep) {
  std::string written;
  std::error_code problem;
  for (const Template& one : templates) {
    if (kind_of(one) != kind) continue;
    std::string inner = replaced(std::string(one.path.substr(kind.size() + 1)), "NAME", name);
    std::filesystem::path path = std::filesystem::path(folder) / inner;
    if (std::filesystem::exists(path, problem)) {
      if (keep) continue;
      return base::Error{base::Code::conflict, "exists already: " + path.string()};
    }
    std::filesystem::create_directories(path.parent_path(), problem);
    std::ofstream out(path);
    out << fill(one.text, name);
    out.close();
    if (!out) return base::unavailable("cannot be written: " + path.string());
    written += path.string() + "\n";
  }
  return written;
}

// A file of the same name in an earlier folder would be replaced the moment this one is saved.
Result<void> replaces_none(std::string_view kind, const std::string& name, const std::string& folder,
                           const std::vector<std::string>& others) {
  std::error_code problem;
  for (const Template& one : templates) {
    if (kind_of(one) != kind || !one.path.ends_with(".lua")) continue;
    std::string inner = replaced(std::string(one.path.substr(kind.size() + 1)), "NAME", name);
    for (const std::string& other : others) {
      std::filesystem::path there = std::filesystem::path(other) / inner;
      if (!std::filesystem::exists(there, problem) || std::filesystem::equivalent(other, folder, problem)) continue;
      return base::Error{base::Code::conflict, "it would replace " + there.string() + " (--force: do so)"};
    }
  }
  return {};
}

}  // namespace

std::vector<std::string> skeleton_kinds() {
  std::set<std::string> kinds;
  for (const Template& one : templates) kinds.emplace(kind_of(one));
  return {kinds.begin(), kinds.end()};
}

Result<std::string> write_skeleton(const std::string& kind, const std::string& name, const std::string& folder,
                                   const std::vector<std::string>& others, bool force) {
  if (!valid_name(name)) return base::invalid("name: small letters, digits and _: " + name);
  if (!force) TRY_VOID(replaces_none(kind, name, folder, others));
  if (kind != on_top) return write_kind(kind, name, folder, false);
  TRY(std::string upper_files, write_kind(kind, name, folder, false));
  TRY(std::string lower_files, write_kind(below, name, folder, true));
  return lower_files + upper_files;
}

}  // namespace host::cli
