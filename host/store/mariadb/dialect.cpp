#include "store/mariadb/dialect.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "store/fault.h"

namespace host::store::mariadb {

using base::Code;
using base::Error;
using base::Result;

namespace {

// Texts are compared with LIKE without case in all alphabets, as our LIKE of SQLite does; with `=`
// they are compared byte by byte on both.
constexpr std::string_view no_case = "COLLATE utf8mb4_uca1400_as_ci ";
constexpr const Value null{};

struct Token {
  enum class Kind { word, quoted, number, sign, space } kind;
  std::string_view text;
};

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Strings, names in quotes, comments and words as units.
class Scanner {
 public:
  explicit Scanner(std::string_view sql) : sql_(sql) {}

  bool next(Token& token) {
    if (at_ >= sql_.size()) return false;
    std::size_t start = at_;
    char c = sql_[at_];
    auto kind = Token::Kind::sign;
    if (c == '\'' || c == '"' || c == '`') {
      kind = Token::Kind::quoted;
      skip_quoted(c);
    } else if (sql_.substr(at_, 2) == "--") {
      kind = Token::Kind::space;
      at_ = std::min(sql_.find('\n', at_), sql_.size());
    } else if (sql_.substr(at_, 2) == "/*") {
      kind = Token::Kind::space;
      auto end = sql_.find("*/", at_ + 2);
      at_ = end == sql_.npos ? sql_.size() : end + 2;
    } else if (is_letter(c)) {
      kind = Token::Kind::word;
      while (at_ < sql_.size() && (is_letter(sql_[at_]) || is_digit(sql_[at_]) || sql_[at_] == '$')) ++at_;
    } else if (is_digit(c)) {
      kind = Token::Kind::number;
      while (at_ < sql_.size() && (is_digit(sql_[at_]) || sql_[at_] == '.')) ++at_;
    } else if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
      kind = Token::Kind::space;
      ++at_;
    } else {
      ++at_;
    }
    token = {kind, sql_.substr(start, at_ - start)};
    return true;
  }

 private:
  void skip_quoted(char quote) {
    for (++at_; at_ < sql_.size(); ++at_) {
      if (sql_[at_] != quote) continue;
      if (at_ + 1 < sql_.size() && sql_[at_ + 1] == quote) {
        ++at_;
      } else {
        ++at_;
        return;
      }
    }
  }

  std::string_view sql_;
  std::size_t at_ = 0;
};

std::vector<Token> tokens_of(std::string_view sql) {
  std::vector<Token> tokens;
  Scanner scanner(sql);
  for (Token token; scanner.next(token);) {
    // Comments and blanks are one blank; a comment that the server would run is none.
    if (token.kind == Token::Kind::space) {
      if (!tokens.empty() && tokens.back().kind == Token::Kind::space) continue;
      token.text = " ";
    }
    tokens.push_back(token);
  }
  return tokens;
}

bool is(const Token& token, std::string_view word) {
  return token.kind == Token::Kind::word && base::text::iequals(token.text, word);
}

// The next token from `i` on that is no blank; the size of the list when there is none.
std::size_t solid(const std::vector<Token>& tokens, std::size_t i) {
  while (i < tokens.size() && tokens[i].kind == Token::Kind::space) ++i;
  return i;
}

std::string unquoted(std::string_view name) {
  if (name.size() >= 2 && (name.front() == '"' || name.front() == '`')) return std::string(name.substr(1, name.size() - 2));
  return std::string(name);
}

// INSERT INTO t, UPDATE t, DELETE FROM t.
std::string changed_table(const std::vector<Token>& tokens, std::size_t verb) {
  std::size_t i = verb;
  if (!is(tokens[i], "update")) {
    while (i < tokens.size() && !is(tokens[i], "into") && !is(tokens[i], "from")) ++i;
  }
  i = solid(tokens, i + 1);
  return i < tokens.size() ? unquoted(tokens[i].text) : std::string();
}

Result<std::string> verb_of(const std::vector<Token>& tokens, std::size_t& at) {
  at = solid(tokens, 0);
  while (at < tokens.size() && tokens[at].text == "(") at = solid(tokens, at + 1);
  if (at == tokens.size()) return wrong_statement("sql: empty statement");
  for (const char* verb : {"select", "with", "values", "insert", "update", "delete", "replace"}) {
    if (is(tokens[at], verb)) return std::string(verb);
  }
  return wrong_statement("sql: only statements on rows are allowed here");
}

// The function whose arguments `i` stands between.
std::string called(const std::vector<Token>& tokens, std::size_t i) {
  for (int depth = 0; i-- > 0;) {
    if (tokens[i].text == ")") ++depth;
    if (tokens[i].text != "(" || --depth >= 0) continue;
    while (i > 0 && tokens[i - 1].kind == Token::Kind::space) --i;
    return i > 0 && tokens[i - 1].kind == Token::Kind::word ? base::text::lower(tokens[i - 1].text) : std::string();
  }
  return {};
}

// `= ?`, `< ?`, `IN (?, ?)`, `BETWEEN ? AND ?`.
bool is_compared(const std::vector<Token>& tokens, std::size_t i) {
  std::size_t before = i;
  while (before > 0 && tokens[before - 1].kind == Token::Kind::space) --before;
  if (before == 0) return false;
  const Token& token = tokens[before - 1];
  if (token.text == "=" || token.text == "<" || token.text == ">" || is(token, "between") || is(token, "and")) return true;
  return (token.text == "(" || token.text == ",") && called(tokens, i) == "in";
}

// What is written otherwise in statements and in schema files alike: the end of the words replaced from
// `i` on, or `i` when it stands as it is.
std::size_t other_words(const std::vector<Token>& tokens, std::size_t i, std::string& out) {
  std::size_t after = solid(tokens, i + 1);
  if (after >= tokens.size()) return i;
  if (tokens[after].text == "(") {
    for (auto [name, other] : {std::pair{"random", "rand("}, {"length", "char_length("}}) {
      if (!is(tokens[i], name)) continue;
      out += other;
      return after + 1;
    }
  }
  // The separator of group_concat(x, ', '): the comma before a text that ends the call.
  if (tokens[i].text == "," && tokens[after].kind == Token::Kind::quoted && tokens[after].text.front() == '\'') {
    std::size_t end = solid(tokens, after + 1);
    if (end < tokens.size() && tokens[end].text == ")" && called(tokens, i) == "group_concat") {
      out += " SEPARATOR ";
      out += tokens[after].text;
      return after + 1;
    }
  }
  return i;
}

}  // namespace

Result<Statement> translate(std::string_view sql) {
  if (sql.find('\0') != sql.npos) return wrong_statement("sql: holds a zero byte");
  auto tokens = tokens_of(sql);
  while (!tokens.empty() && (tokens.back().kind == Token::Kind::space || tokens.back().text == ";")) tokens.pop_back();
  std::size_t at = 0;
  TRY(std::string verb, verb_of(tokens, at));

  Statement out;
  if (verb != "select" && verb != "with" && verb != "values") out.table = changed_table(tokens, at);
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const Token& token = tokens[i];
    std::size_t after = solid(tokens, i + 1);
    bool follows = after < tokens.size();
    if (std::size_t end = other_words(tokens, i, out.sql); end != i) {
      i = end - 1;
      continue;
    }
    if (token.text == ";") return wrong_statement("sql: more than one statement");
    if (token.text == "@") return wrong_statement("sql: variables are not allowed here");
    if (is(token, "into") && follows && (is(tokens[after], "outfile") || is(tokens[after], "dumpfile"))) {
      return wrong_statement("sql: only statements on rows are allowed here");
    }
    if (token.text == "?") {
      out.parameters.push_back({"", is_compared(tokens, i)});
    } else if (token.text == ":" && i + 1 < tokens.size() && tokens[i + 1].kind == Token::Kind::word) {
      out.parameters.push_back({std::string(tokens[i + 1].text), is_compared(tokens, i)});
      ++i;
      out.sql += '?';
      continue;
    } else if (is(token, "like") || (is(token, "not") && follows && is(tokens[after], "like"))) {
      bool negated = is(token, "not");
      out.sql += no_case;
      out.sql += negated ? "NOT LIKE" : "LIKE";
      if (negated) i = after;
      continue;
    } else if (is(token, "as") && follows && is(tokens[after], "text") && called(tokens, i) == "cast") {
      out.sql += "AS CHAR";
      i = after;
      continue;
    } else if (is(token, "limit") && follows && tokens[after].text == "-" && after + 1 < tokens.size() &&
               tokens[after + 1].text == "1") {
      out.sql += "LIMIT 18446744073709551615";
      i = after + 1;
      continue;
    }
    out.sql += token.text;
  }
  return out;
}

static bool makes_index(const std::vector<Token>& tokens, std::size_t i) {
  if (i >= tokens.size() || !is(tokens[i], "create")) return false;
  i = solid(tokens, i + 1);
  if (i < tokens.size() && is(tokens[i], "unique")) i = solid(tokens, i + 1);
  return i < tokens.size() && is(tokens[i], "index");
}

std::string translate_schema(std::string_view sql) {
  std::string out;
  auto tokens = tokens_of(sql);
  std::size_t before = tokens.size(), start = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const Token& token = tokens[i];
    if (token.text == ";") start = solid(tokens, i + 1);
    if (std::size_t end = other_words(tokens, i, out); end != i) {
      i = end - 1;
      continue;
    }
    // No index on some of the rows: on all of them it finds the same.
    if (is(token, "where") && makes_index(tokens, start)) {
      while (i + 1 < tokens.size() && tokens[i + 1].text != ";") ++i;
      continue;
    }
    bool cast = before < tokens.size() && is(tokens[before], "as") && called(tokens, i) == "cast";
    if (token.kind != Token::Kind::space) before = i;
    if (is(token, "integer") && !cast) {
      out += "BIGINT";
      std::size_t primary = solid(tokens, i + 1);
      std::size_t key = solid(tokens, primary + 1);
      if (key < tokens.size() && is(tokens[primary], "primary") && is(tokens[key], "key")) {
        std::size_t next = solid(tokens, key + 1);
        bool counted = next < tokens.size() && is(tokens[next], "autoincrement");
        // In SQLite such a key numbers itself.
        out += " PRIMARY KEY AUTO_INCREMENT";
        i = counted ? next : key;
      }
    } else if (is(token, "text")) {
      out += cast ? "CHAR" : "MEDIUMTEXT";
    } else if (is(token, "blob") && !cast) {
      out += "LONGBLOB";
    } else {
      out += token.text;
    }
  }
  return out;
}

Result<std::vector<const Value*>> arrange(const Statement& statement, const Query& query) {
  if (!query.named.empty() && !query.positional.empty()) {
    return wrong_statement("parameters: both a list and names");
  }
  std::size_t needed = statement.parameters.size();
  std::vector<const Value*> values(needed, &null);
  if (query.named.empty()) {
    std::size_t given = query.positional.size();
    if (given > needed || (given < needed && !query.pad)) {
      return wrong_statement(fmt::format("parameters: {} needed, {} given", needed, given));
    }
    for (std::size_t i = 0; i < given; ++i) values[i] = &query.positional[i];
    return values;
  }
  std::vector<bool> found(needed);
  for (const auto& [name, value] : query.named) {
    bool used = false;
    for (std::size_t i = 0; i < needed; ++i) {
      if (statement.parameters[i].name != name) continue;
      values[i] = &value;
      used = found[i] = true;
    }
    if (!used) return wrong_statement(fmt::format("parameter: not in the statement: {}", name));
  }
  if (!query.pad && std::find(found.begin(), found.end(), false) != found.end()) {
    return wrong_statement(fmt::format("parameters: {} needed, {} given", needed, query.named.size()));
  }
  return values;
}

std::string declared_type(std::string_view type) {
  if (type.starts_with("bigint")) return "INTEGER";
  if (type == "mediumtext") return "TEXT";
  if (type == "longblob") return "BLOB";
  std::string out(type);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

}  // namespace host::store::mariadb
