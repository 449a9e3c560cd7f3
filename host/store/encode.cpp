#include "store/encode.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"

namespace host::store {

namespace {

// Finds the first byte of a class without a branch per class; most cells hold none.
using ByteSet = std::array<bool, 256>;

constexpr ByteSet byte_set(std::string_view bytes, bool controls) {
  ByteSet set{};
  for (char c : bytes) set[static_cast<unsigned char>(c)] = true;
  for (int i = 0; controls && i < ' '; ++i) set[i] = true;
  return set;
}

std::size_t find_in(const ByteSet& set, std::string_view text) noexcept {
  std::size_t i = 0;
  while (i < text.size() && !set[static_cast<unsigned char>(text[i])]) ++i;
  return i;
}

constexpr ByteSet csv_special = byte_set(" ,\"'", true);
constexpr ByteSet plain_special = byte_set("|", true);
constexpr ByteSet json_special = byte_set("\"\\", true);
constexpr ByteSet xml_special = byte_set("&<>\"'", true);

void append_csv(std::string& out, std::string_view text) {
  if (find_in(csv_special, text) == text.size()) {
    out += text;
    return;
  }
  out += '"';
  for (;;) {
    auto quote = text.find('"');
    if (quote == text.npos) break;
    out.append(text, 0, quote + 1);
    out += '"';
    text.remove_prefix(quote + 1);
  }
  out += text;
  out += '"';
}

void append_plain(std::string& out, std::string_view text) {
  for (;;) {
    std::size_t clean = find_in(plain_special, text);
    out.append(text, 0, clean);
    if (clean == text.size()) return;
    out += text[clean] == '\t' ? '\t' : ' ';
    text.remove_prefix(clean + 1);
  }
}

// Bytes that are not UTF-8 would make the whole answer unreadable: they become U+FFFD.
std::string repaired(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    auto lead = static_cast<unsigned char>(text[0]);
    std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (length <= text.size() && base::text::valid_utf8(text.substr(0, length))) {
      out.append(text, 0, length);
      text.remove_prefix(length);
    } else {
      out += "\xef\xbf\xbd";
      text.remove_prefix(1);
    }
  }
  return out;
}

template <typename Append>
void append_utf8(std::string& out, std::string_view text, Append append) {
  bool ascii = std::none_of(text.begin(), text.end(), [](char c) { return c & 0x80; });
  if (ascii || base::text::valid_utf8(text)) return append(out, text);
  append(out, repaired(text));
}

void append_json_escaped(std::string& out, std::string_view text) {
  for (;;) {
    std::size_t clean = find_in(json_special, text);
    out.append(text, 0, clean);
    if (clean == text.size()) return;
    switch (char c = text[clean]) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default: fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c)); break;
    }
    text.remove_prefix(clean + 1);
  }
}

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  append_utf8(out, text, append_json_escaped);
  out += '"';
}

void append_xml_escaped(std::string& out, std::string_view text) {
  for (;;) {
    std::size_t clean = find_in(xml_special, text);
    out.append(text, 0, clean);
    if (clean == text.size()) return;
    switch (char c = text[clean]) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&apos;"; break;
      case '\r': out += "&#13;"; break;
      case '\n':
      case '\t': out += c; break;
      default: out += ' '; break;  // no XML 1.0 document can hold it
    }
    text.remove_prefix(clean + 1);
  }
}

std::string xml_name(std::string_view name) {
  std::string out;
  for (char c : name) {
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    bool later = (c >= '0' && c <= '9') || c == '-' || c == '.';
    if (!letter && later && out.empty()) out += '_';
    out += letter || later ? c : '_';
  }
  return out.empty() ? "_" : out;
}

void append_bare(std::string& out, const Cell& cell) {
  if (cell.kind == Kind::integer) append_number(out, cell.integer);
  if (cell.kind == Kind::real) append_number(out, cell.real);
}

// What is the same for all: head, tail, and the answer without rows.
class Encoder : public RowEncoder {
 public:
  explicit Encoder(Format format) : format_(std::move(format)) {}

  // Nothing is written before the first row, because `empty` may replace it all.
  void begin(const Columns& columns, std::string&) final { columns_ = columns; }
  void row(const RowView& row, std::string& out) final {
    if (!begun_) open(out);
    next(row, out);
  }
  void end(std::uint64_t rows, std::string& out) final {
    if (rows == 0 && format_.has_empty) {
      out += format_.empty;
      return;
    }
    if (!begun_) open(out);
    finish(out);
  }

 protected:
  virtual void start(std::string& out) = 0;
  virtual void next(const RowView& row, std::string& out) = 0;
  virtual void finish(std::string& out) { out += format_.tail; }

  Format format_;
  Columns columns_;
  bool first_ = true;

 private:
  void open(std::string& out) {
    begun_ = true;
    start(out);
  }
  bool begun_ = false;
};

class Csv final : public Encoder {
 public:
  using Encoder::Encoder;

 private:
  void start(std::string& out) override {
    out += format_.head;
    if (!format_.header) return;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (i) out += ',';
      append_csv(out, columns_[i]);
    }
    out += '\n';
  }
  void next(const RowView& row, std::string& out) override {
    bool more = false;
    for (const Cell& cell : row.cells) {
      if (more) out += ',';
      more = true;
      if (cell.kind == Kind::text || cell.kind == Kind::blob) {
        append_csv(out, cell.text);
      } else {
        append_bare(out, cell);
      }
    }
    out += '\n';
  }
};

class Plain final : public Encoder {
 public:
  using Encoder::Encoder;

 private:
  void field(std::string& out, const Cell& cell) {
    append_bare(out, cell);
    append_plain(out, cell.text);
  }
  void start(std::string& out) override {
    out += format_.head;
    if (!format_.header) return;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (i) out += '|';
      append_plain(out, columns_[i]);
    }
    if (format_.trailing) out += '|';
    out += '\n';
  }
  void next(const RowView& row, std::string& out) override {
    bool more = false;
    for (const Cell& cell : row.cells) {
      for (int times = format_.positional ? 2 : 1; times > 0; --times) {
        if (more) out += '|';
        more = true;
        field(out, cell);
      }
    }
    if (format_.trailing) out += '|';
    out += '\n';
  }
};

class Json final : public Encoder {
 public:
  using Encoder::Encoder;

 private:
  struct Key {
    std::string before;      // `"name":` with the comma that goes before it
    std::string positional;  // `"0":` likewise
    bool as_text = false;
  };

  void start(std::string& out) override {
    out += format_.head;
    out += '[';
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      Key key;
      if (format_.positional) key.positional = fmt::format("{}\"{}\":", i ? "," : "", i);
      key.before = i || format_.positional ? "," : "";
      append_json_string(key.before, columns_[i]);
      key.before += ':';
      key.as_text = format_.text && std::find(format_.integers.begin(), format_.integers.end(),
                                              columns_[i]) == format_.integers.end();
      keys_.push_back(std::move(key));
    }
  }
  void value(std::string& out, const Cell& cell, bool as_text) {
    switch (cell.kind) {
      case Kind::null: out += "null"; return;
      case Kind::text:
      case Kind::blob: append_json_string(out, cell.text); return;
      case Kind::real:
        if (!std::isfinite(cell.real)) {
          out += "null";
          return;
        }
        break;
      case Kind::integer: break;
    }
    if (as_text) out += '"';
    append_bare(out, cell);
    if (as_text) out += '"';
  }
  void next(const RowView& row, std::string& out) override {
    out += first_ ? "{" : ",{";
    first_ = false;
    for (std::size_t i = 0; i < row.cells.size() && i < keys_.size(); ++i) {
      if (format_.positional) {
        out += keys_[i].positional;
        value(out, row.cells[i], keys_[i].as_text);
      }
      out += keys_[i].before;
      value(out, row.cells[i], keys_[i].as_text);
    }
    out += '}';
  }
  void finish(std::string& out) override {
    out += ']';
    out += format_.tail;
  }

  std::vector<Key> keys_;
};

class Xml final : public Encoder {
 public:
  using Encoder::Encoder;

 private:
  bool own_frame() const { return format_.head.empty() && format_.tail.empty(); }
  void start(std::string& out) override {
    out += own_frame() ? "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Result>" : format_.head;
    for (const auto& column : columns_) names_.push_back(xml_name(column));
    element_ = xml_name(format_.row_element);
  }
  void next(const RowView& row, std::string& out) override {
    out.append("<").append(element_).append(">");
    for (std::size_t i = 0; i < row.cells.size() && i < names_.size(); ++i) {
      out.append("<").append(names_[i]).append(">");
      append_bare(out, row.cells[i]);
      append_utf8(out, row.cells[i].text, append_xml_escaped);
      out.append("</").append(names_[i]).append(">");
    }
    out.append("</").append(element_).append(">");
  }
  void finish(std::string& out) override { out += own_frame() ? "</Result>" : format_.tail; }

  std::vector<std::string> names_;
  std::string element_;
};

// `{$name}` becomes the column of that name; an unknown one becomes nothing.
class Template final : public Encoder {
 public:
  using Encoder::Encoder;

 private:
  struct Piece {
    std::string text;
    int column = -1;  // after the text
  };

  void start(std::string& out) override {
    out += format_.head;
    std::string_view rest = format_.row;
    Piece piece;
    while (!rest.empty()) {
      auto open = rest.find("{$");
      auto close = open == rest.npos ? rest.npos : rest.find('}', open);
      if (close == rest.npos) break;
      piece.text.append(rest, 0, open);
      std::string_view name = rest.substr(open + 2, close - open - 2);
      auto found = std::find(columns_.begin(), columns_.end(), name);
      if (found != columns_.end()) {
        piece.column = static_cast<int>(found - columns_.begin());
        pieces_.push_back(std::exchange(piece, {}));
      }
      rest.remove_prefix(close + 1);
    }
    piece.text += rest;
    pieces_.push_back(std::move(piece));
  }
  void next(const RowView& row, std::string& out) override {
    for (const Piece& piece : pieces_) {
      out += piece.text;
      if (piece.column < 0) continue;
      const Cell& cell = row.cells[static_cast<std::size_t>(piece.column)];
      append_bare(out, cell);
      out += cell.text;
    }
  }

  std::vector<Piece> pieces_;
};

}  // namespace

base::Result<Format::Kind> format_kind(std::string_view name) {
  if (name == "csv") return Format::Kind::csv;
  if (name == "plain") return Format::Kind::plain;
  if (name == "json") return Format::Kind::json;
  if (name == "xml") return Format::Kind::xml;
  if (name == "template") return Format::Kind::text;
  return base::invalid(fmt::format("format: not csv, plain, json, xml or template: {}", name.substr(0, 40)));
}

std::unique_ptr<RowEncoder> make_encoder(Format format) {
  switch (format.kind) {
    case Format::Kind::csv: return std::make_unique<Csv>(std::move(format));
    case Format::Kind::plain: return std::make_unique<Plain>(std::move(format));
    case Format::Kind::json: return std::make_unique<Json>(std::move(format));
    case Format::Kind::xml: return std::make_unique<Xml>(std::move(format));
    case Format::Kind::text: break;
  }
  return std::make_unique<Template>(std::move(format));
}

std::string encode(const Rows& rows, Format format) {
  auto encoder = make_encoder(std::move(format));
  std::string out;
  encoder->begin(rows.columns(), out);
  std::vector<Cell> cells(rows.width());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t c = 0; c < cells.size(); ++c) cells[c] = rows.cell(i, c);
    encoder->row(RowView{rows.columns(), cells}, out);
  }
  encoder->end(rows.size(), out);
  return out;
}

}  // namespace host::store
