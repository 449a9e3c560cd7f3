#include "codec/xml.h"

#include "codec/charset.h"
#include "codec/utf8.h"

#include <tinyxml2.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace host::codec::xml {

static base::Error fail(const char* problem, long line) {
  return base::invalid("xml: " + std::string(problem) + " at line " + std::to_string(line));
}

// XML 1.0 section 2.2, production Char.
static bool is_char(char32_t point) noexcept {
  return point >= 0x20 ? point != 0xfffe && point != 0xffff && !(point >= 0xd800 && point < 0xe000) &&
                             point <= 0x10ffff
                       : point == '\t' || point == '\n' || point == '\r';
}

// "&lt;", "&#10;", "&#xA;" at the start of `text`: its length, or 0.
static size_t reference(std::string_view text) noexcept {
  size_t end = text.substr(0, 12).find(';');
  if (end == std::string_view::npos) return 0;
  std::string_view name = text.substr(1, end - 1);
  for (std::string_view known : {"lt", "gt", "amp", "quot", "apos"}) {
    if (name == known) return end + 1;
  }
  if (name.size() < 2 || name[0] != '#') return 0;
  bool hex = name[1] == 'x';
  name.remove_prefix(hex ? 2 : 1);
  unsigned long point = 0;
  auto [stop, code] = std::from_chars(name.data(), name.data() + name.size(), point, hex ? 16 : 10);
  if (name.empty() || code != std::errc() || stop != name.data() + name.size()) return 0;
  return point <= 0x10ffff && is_char(static_cast<char32_t>(point)) ? end + 1 : 0;
}

// What tinyxml2 lets through: it checks no encoding, keeps unknown entities as text and
// skips a DTD.
static base::Result<void> check(std::string_view text) {
  long line = 1;
  size_t tags = 0;
  auto skip = [&](size_t& at, std::string_view closing) {
    size_t end = text.find(closing, at);
    if (end == std::string_view::npos) return false;
    line += std::count(text.begin() + static_cast<std::ptrdiff_t>(at),
                       text.begin() + static_cast<std::ptrdiff_t>(end), '\n');
    at = end + closing.size();
    return true;
  };
  for (size_t at = 0; at < text.size();) {
    // First all characters: comments and CDATA are checked too.
    char32_t point = 0;
    size_t length = utf8::sequence(text.substr(at), point);
    if (length == 0) return fail("not UTF-8", line);
    if (!is_char(point)) return fail("control character", line);
    line += point == '\n';
    at += length;
  }
  line = 1;
  size_t at = text.substr(0, 3) == "\xef\xbb\xbf" ? 3 : 0;
  if (text.substr(at, 5) == "<?xml" && at + 5 < text.size() &&
      std::strchr(" \t\r\n", text[at + 5]) && !skip(at, "?>")) {
    return fail("unfinished declaration", line);
  }
  while (at < text.size()) {
    char c = text[at];
    if (c == '\n') ++line;
    if (c == '&') {
      size_t length = reference(text.substr(at));
      if (length == 0) return fail("unknown entity", line);
      at += length;
      continue;
    }
    if (c == '<') {
      std::string_view rest = text.substr(at);
      if (++tags > max_tags) return fail("too many elements", line);
      if (rest.starts_with("<!--")) {
        at += 4;
        if (!skip(at, "-->")) return fail("unfinished comment", line);
        continue;
      }
      if (rest.starts_with("<![CDATA[")) {
        if (!skip(at, "]]>")) return fail("unfinished CDATA", line);
        continue;
      }
      if (rest.starts_with("<!")) return fail("a DTD is not allowed", line);
      if (rest.starts_with("<?")) return fail("a processing instruction is not allowed", line);
    }
    ++at;
  }
  return {};
}

static base::Result<void> walk(const tinyxml2::XMLElement& element, int depth, Handler& handler,
                               bool report) {
  if (depth > max_depth) return fail("deeper than 64", element.GetLineNum());
  if (report) handler.begin(element.Name());
  for (auto* one = element.FirstAttribute(); one; one = one->Next()) {
    if (report) handler.attribute(one->Name(), one->Value());
  }
  for (auto* node = element.FirstChild(); node; node = node->NextSibling()) {
    if (auto* child = node->ToElement()) {
      TRY_VOID(walk(*child, depth + 1, handler, report));
    } else if (auto* text = node->ToText(); text && report) {
      handler.text(text->Value());
    }
  }
  if (report) handler.end();
  return {};
}

// The encoding a text is in: by its first bytes, else as it declares, else "".
static std::string_view encoding_of(std::string_view text) noexcept {
  using namespace std::string_view_literals;
  if (text.starts_with("\xfe\xff"sv) || text.starts_with("\xff\xfe"sv)) return "UTF-16";
  if (text.starts_with("\0<"sv)) return "UTF-16BE";
  if (text.starts_with("<\0"sv)) return "UTF-16LE";
  if (!text.starts_with("<?xml")) return "";
  std::string_view declaration = text.substr(0, text.substr(0, 200).find("?>"));
  std::size_t at = declaration.find("encoding");
  if (at == std::string_view::npos) return "";
  std::size_t open = declaration.find_first_of("\"'", at);
  if (open == std::string_view::npos) return "";
  std::size_t close = declaration.find(declaration[open], open + 1);
  return close == std::string_view::npos ? "" : declaration.substr(open + 1, close - open - 1);
}

static bool is_utf8(std::string_view name) noexcept {
  if (name.empty()) return true;
  return name.size() >= 4 && (name[0] | 32) == 'u' && (name[1] | 32) == 't' && (name[2] | 32) == 'f' &&
         (name.substr(3) == "-8" || name.substr(3) == "8");
}

base::Result<void> parse(std::string_view text, Handler& handler) {
  if (text.size() > max_size) return base::invalid("xml: larger than 8 MiB");
  std::string converted;
  if (std::string_view encoding = encoding_of(text); !is_utf8(encoding)) {
    auto made = charset::to_utf8(text, encoding);
    if (!made) return base::invalid("xml: " + made.error().message);
    converted = std::move(*made);
    if (converted.size() > max_size) return base::invalid("xml: larger than 8 MiB");
    text = converted;
  }
  TRY_VOID(check(text));
  tinyxml2::XMLDocument document;
  if (document.Parse(text.data(), text.size()) != tinyxml2::XML_SUCCESS) {
    switch (document.ErrorID()) {
      case tinyxml2::XML_ERROR_EMPTY_DOCUMENT: return base::invalid("xml: empty text");
      case tinyxml2::XML_ELEMENT_DEPTH_EXCEEDED:
        return fail("deeper than 64", document.ErrorLineNum());
      case tinyxml2::XML_ERROR_MISMATCHED_ELEMENT:
        return fail("an element is not closed", document.ErrorLineNum());
      case tinyxml2::XML_ERROR_PARSING_ATTRIBUTE:
        return fail("a wrong or repeated attribute", document.ErrorLineNum());
      default: return fail("not well formed", document.ErrorLineNum());
    }
  }
  const tinyxml2::XMLElement* root = nullptr;
  for (auto* node = document.FirstChild(); node; node = node->NextSibling()) {
    if (node->ToText()) return fail("text outside the root element", node->GetLineNum());
    if (!node->ToElement()) continue;
    if (root) return fail("a second root element", node->GetLineNum());
    root = node->ToElement();
  }
  if (!root) return base::invalid("xml: no element");
  TRY_VOID(walk(*root, 1, handler, false));
  return walk(*root, 1, handler, true);
}

static void append_escaped(std::string& out, std::string_view text, bool attribute) {
  const char* run = text.data();
  const char* end = run + text.size();
  for (const char* at = run; at != end;) {
    unsigned char c = static_cast<unsigned char>(*at);
    if (c >= 0x20 && c < 0x80 && c != '&' && c != '<' && c != '>' && !(attribute && c == '"')) {
      ++at;
      continue;
    }
    if (!attribute && (c == '\n' || c == '\t')) {
      ++at;
      continue;
    }
    char32_t point = 0;
    size_t length = utf8::sequence(std::string_view(at, end), point);
    if (c >= 0x80 && length != 0 && is_char(point)) {
      at += length;
      continue;
    }
    out.append(run, at);
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\n': out += "&#10;"; break;
      case '\t': out += "&#9;"; break;
      case '\r': out += "&#13;"; break;  // a parser would make LF of it
      default:
        if (length == 0) out += utf8::replacement;
    }
    at += length ? length : 1;
    run = at;
  }
  out.append(run, end);
}

void append_text(std::string& out, std::string_view text) { append_escaped(out, text, false); }
void append_attribute(std::string& out, std::string_view text) { append_escaped(out, text, true); }

bool valid_name(std::string_view name) noexcept {
  for (size_t i = 0; i < name.size(); ++i) {
    unsigned char c = static_cast<unsigned char>(name[i]);
    bool start = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':';
    bool inside = (c >= '0' && c <= '9') || c == '-' || c == '.';
    if (!start && !(inside && i > 0)) return false;
  }
  return !name.empty();
}

}  // namespace host::codec::xml
