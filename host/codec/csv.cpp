#include "codec/csv.h"

#include <algorithm>

namespace host::codec::csv {

void append_quoted(std::string& out, std::string_view value) {
  out += '"';
  for (;;) {
    size_t at = value.find('"');
    out.append(value.substr(0, at));
    if (at == std::string_view::npos) break;
    out += "\"\"";
    value.remove_prefix(at + 1);
  }
  out += '"';
}

base::Result<void> parse(std::string_view text, char separator, Handler& handler) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  auto fail = [](const char* problem, long line) {
    return base::invalid("csv: " + std::string(problem) + " at line " + std::to_string(line));
  };
  std::string unquoted;
  long line = 1;
  bool in_row = false;
  size_t at = 0;
  // One turn is one value with what ends it.
  while (at < text.size() || in_row) {
    std::string_view rest = text.substr(at);
    if (!in_row && (rest.starts_with("\n") || rest.starts_with("\r\n"))) {
      at += rest[0] == '\r' ? 2 : 1;
      ++line;
      continue;
    }
    if (rest.starts_with("\"")) {
      unquoted.clear();
      long start = line;
      ++at;
      for (;;) {
        size_t quote = text.find('"', at);
        if (quote == std::string_view::npos) return fail("a quote is not closed", start);
        std::string_view piece = text.substr(at, quote - at);
        unquoted.append(piece);
        line += std::count(piece.begin(), piece.end(), '\n');
        at = quote + 1;
        if (at >= text.size() || text[at] != '"') break;
        unquoted += '"';
        ++at;
      }
      handler.field(unquoted);
    } else {
      const char stops[] = {separator, '\n'};
      size_t end = std::min(text.find_first_of(std::string_view(stops, 2), at), text.size());
      std::string_view value = text.substr(at, end - at);
      if ((end == text.size() || text[end] == '\n') && value.ends_with('\r')) value.remove_suffix(1);
      handler.field(value);
      at = end;
    }
    rest = text.substr(at);
    if (!rest.empty() && rest.front() == separator) {
      ++at;
      in_row = true;
      continue;
    }
    if (!rest.empty() && !rest.starts_with("\n") && !rest.starts_with("\r\n")) {
      return fail("text after a closing quote", line);
    }
    handler.end_row();
    in_row = false;
    if (!rest.empty()) at += rest.front() == '\r' ? 2 : 1;
    ++line;
  }
  return {};
}

}  // namespace host::codec::csv
