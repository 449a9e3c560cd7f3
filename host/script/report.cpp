#include "script/report.h"

#include <lua.hpp>

#include "base/log.h"
#include "script/task_state.h"

namespace host::script {

static constexpr int most_frames = 6;
static constexpr std::size_t most_sql = 300;

std::string place(lua_State* L) {
  std::string text;
  lua_Debug frame{};
  int shown = 0;
  for (int level = 0; shown < most_frames && lua_getstack(L, level, &frame); ++level) {
    if (!lua_getinfo(L, "Sl", &frame) || frame.source[0] != '@') continue;
    if (shown++ > 0) text += " < ";
    text += frame.source + 1;
    text += ':';
    // Where memory ran out the line is not known, the function is.
    text += std::to_string(frame.currentline > 0 ? frame.currentline : frame.linedefined);
  }
  return text;
}

std::string label(Task& task) { return Task::inside(task)->name(); }

std::string shortened(std::string_view sql) {
  std::string out;
  auto word = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; };
  for (std::size_t i = 0; i < sql.size() && out.size() < most_sql; ++i) {
    char c = sql[i];
    if (c == '\'') {
      // A doubled quote opens the next text at once: one mark for both.
      while (++i < sql.size() && sql[i] != '\'') {
      }
      if (!out.ends_with('?')) out += '?';
    } else if (c >= '0' && c <= '9' && (out.empty() || !word(out.back()))) {
      while (i + 1 < sql.size() && (word(sql[i + 1]) || sql[i + 1] == '.')) ++i;
      out += '?';
    } else if (static_cast<unsigned char>(c) <= ' ') {
      if (!out.empty() && out.back() != ' ') out += ' ';
    } else {
      out += c;
    }
  }
  if (out.size() >= most_sql) out += "...";
  return out;
}

void note_statement(lua_State* L, Task& task, std::string_view sql, std::uint64_t ns) {
  std::uint64_t limit = Task::inside(task)->generation.setup.limits.slow_statement_ms;
  if (limit == 0 || ns < limit * 1'000'000u) return;
  base::log::warn("store", "slow statement", {{"ms", ns / 1'000'000u},
                                              {"handler", label(task)},
                                              {"at", place(L)},
                                              {"sql", shortened(sql)},
                                              {"id", task.request_id()}});
}

void note_wrong_statement(lua_State* L, Task& task, std::string_view sql, std::string_view reason) {
  base::log::error("store", reason, {{"handler", label(task)}, {"at", place(L)}, {"sql", shortened(sql)}, {"id", task.request_id()}});
}

}  // namespace host::script
