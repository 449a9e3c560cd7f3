#include "store/encode.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "codec/csv.h"
#include "codec/json.h"
#include "codec/utf8.h"
#include "codec/xml.h"

namespace host::store {

namespace csv = codec::csv;
namespace json = codec::json;
namespace xml = codec::xml;

namespace {

void append_plain(std::string& out, std::string_view text) {
  for (;;) {
    auto bad = text.find_first_of(std::string_view("|\r\n\0", 4));
    out.append(text.substr(0, bad));
    if (bad == text.npos) return;
    out += ' ';
    text.remove_prefix(bad + 1);
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

// What callers sent in another encoding is replaced from `from` on: the answer says that it is UTF-8, and one name
// must not cost a strict reader all of it. Nearly always there is nothing to mend, and nothing is copied.
void mend(std::string& out, std::size_t from) {
  std::size_t at = from + codec::utf8::valid(std::string_view(out).substr(from));
  if (at == out.size()) return;
  std::string rest = out.substr(at);
  out.resize(at);
  codec::utf8::append_repaired(out, rest);
}

// What is the same for all: head, tail, and the answer without rows.
class Encoder : public RowEncoder {
 public:
  explicit Encoder(Format format) : format_(std::move(format)) {}

  // Nothing is written before the first row, because `empty` may replace it all.
  void begin(const Columns& columns, std::string&) final { columns_ = &columns; }
  void row(const RowView& row, std::string& out) final {
    if (!begun_) open(out);
    std::size_t from = out.size();
    next(row, out);
    if (mends_) mend(out, from);
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

  const Columns& columns() const { return *columns_; }

  Format format_;
  bool first_ = true;
  bool mends_ = true;  // the encoders of strings of some formats see to it themselves

 private:
  const Columns* columns_ = nullptr;

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
    for (std::size_t i = 0; i < columns().size(); ++i) {
      if (i) out += ',';
      csv::append_field(out, columns()[i]);
    }
    out += '\n';
  }
  void next(const RowView& row, std::string& out) override {
    bool more = false;
    for (const Cell& cell : row.cells) {
      if (more) out += ',';
      more = true;
      if (cell.kind == Kind::text || cell.kind == Kind::blob) {
        csv::append_field(out, cell.text);
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
    for (std::size_t i = 0; i < columns().size(); ++i) {
      if (i) out += '|';
      append_plain(out, columns()[i]);
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
  explicit Json(Format format) : Encoder(std::move(format)) { mends_ = false; }

 private:
  void start(std::string& out) override {
    out += format_.head;
    if (!format_.one) out += '[';
    keys_ = &columns().keys();
    if (format_.php || format_.positional) {
      for (std::size_t i = 0; i < columns().size(); ++i) {
        if (format_.positional) own_keys_.add(std::to_string(i));
        own_keys_.add(columns()[i], format_.php);
      }
      keys_ = &own_keys_;
    }
    if (format_.integers.empty()) return;
    for (const std::string& name : columns()) {
      as_text_.push_back(std::find(format_.integers.begin(), format_.integers.end(), name) ==
                         format_.integers.end());
    }
  }
  void value(std::string& out, const Cell& cell, bool as_text) {
    switch (cell.kind) {
      case Kind::null: out += "null"; return;
      case Kind::text:
      case Kind::blob: json::append_string(out, cell.text, format_.php); return;
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
  bool as_text(std::size_t column) const { return format_.text && (as_text_.empty() || as_text_[column]); }
  // `"name":` of a column, or `"part.name":`.
  std::string_view key(std::size_t column) const {
    std::size_t begin = column == 0 ? 0 : keys_->ends[column - 1] + 1;  // behind the comma
    return std::string_view(keys_->text).substr(begin, keys_->ends[column] - begin);
  }
  // What is null in a part is left out, and one of nothing but nulls is false.
  void nested(const RowView& row, std::string& out) {
    std::size_t part = 0;
    bool filled = false, more = false;
    for (std::size_t i = 0; i < row.cells.size() && i < columns().size(); ++i) {
      if (columns().part(i) != part) {
        if (part) out += filled ? "}" : "false";
        part = columns().part(i);
        if (part) out.append(more ? ",\"" : "\"").append(key(i).substr(1, key(i).find('.') - 1)).append("\":");
        filled = false;
        more = true;
      }
      if (!part) {
        if (more) out += ',';
        out += key(i);
      } else if (row.cells[i].kind == Kind::null) {
        continue;
      } else {
        out.append(filled ? ",\"" : "{\"").append(key(i).substr(key(i).find('.') + 1));
      }
      value(out, row.cells[i], as_text(i));
      filled = more = true;
    }
    if (part) out += filled ? "}" : "false";
    out += '}';
  }
  void next(const RowView& row, std::string& out) override {
    if (format_.one && !first_) return;
    out += first_ ? "{" : ",{";
    first_ = false;
    if (format_.nested) return nested(row, out);
    std::size_t begin = 0, key = 0;
    for (std::size_t i = 0; i < row.cells.size() && i < columns().size(); ++i) {
      for (int times = format_.positional ? 2 : 1; times > 0; --times) {
        std::size_t end = keys_->ends[key++];
        out.append(keys_->text, begin, end - begin);
        value(out, row.cells[i], as_text(i));
        begin = end;
      }
    }
    out += '}';
  }
  void finish(std::string& out) override {
    if (!format_.one) {
      out += ']';
    } else if (first_ && format_.nested) {
      out += '{';
      nested({columns(), std::vector<Cell>(columns().size())}, out);
    } else if (first_) {
      out += "null";
    }
    out += format_.tail;
  }

  const Columns::Keys* keys_ = nullptr;
  Columns::Keys own_keys_;  // where the format wants others
  std::vector<bool> as_text_;
};

class Xml final : public Encoder {
 public:
  explicit Xml(Format format) : Encoder(std::move(format)) { mends_ = false; }

 private:
  bool own_frame() const { return format_.head.empty() && format_.tail.empty(); }
  void start(std::string& out) override {
    out += own_frame() ? "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Result>" : format_.head;
    for (const auto& column : columns()) names_.push_back(xml_name(column));
    element_ = xml_name(format_.row_element);
  }
  void next(const RowView& row, std::string& out) override {
    out.append("<").append(element_).append(">");
    for (std::size_t i = 0; i < row.cells.size() && i < names_.size(); ++i) {
      out.append("<").append(names_[i]).append(">");
      append_bare(out, row.cells[i]);
      xml::append_text(out, row.cells[i].text);
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
      auto found = std::find(columns().begin(), columns().end(), name);
      if (found != columns().end()) {
        piece.column = static_cast<int>(found - columns().begin());
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

void encode(const Rows& rows, Format format, std::string& out) {
  auto encoder = make_encoder(std::move(format));
  // A stored cell is about as large as its text, its key and its quotes; of a wide row most are null, and the keys more.
  out.reserve(out.size() + rows.bytes() + (rows.size() == 1 ? rows.columns().keys().text.size() : 0));
  encoder->begin(rows.columns(), out);
  // Kept from answer to answer: a row of a phone is seven kilobytes of cells.
  static thread_local std::vector<Cell> cells;
  cells.resize(rows.width());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    for (std::size_t c = 0; c < cells.size(); ++c) cells[c] = rows.cell(i, c);
    encoder->row(RowView{rows.columns(), cells}, out);
  }
  encoder->end(rows.size(), out);
}

std::string encode(const Rows& rows, Format format) {
  std::string out;
  encode(rows, std::move(format), out);
  return out;
}

}  // namespace host::store
