#include "store/rows.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "codec/json.h"

namespace host::store {

Columns::Columns(std::vector<std::string> names) : names_(std::move(names)) {
  std::string_view part;
  std::size_t count = 0;
  for (const std::string& name : names_) {
    keys_.add(name);
    auto dot = std::min(name.find('.'), name.size());
    auto of = std::string_view(name).substr(0, dot < name.size() ? dot : 0);
    if (of != part && !of.empty()) ++count;
    part = of;
    parts_.push_back(of.empty() ? 0 : count);
  }
}

void Columns::Keys::add(std::string_view name, bool php) {
  if (!ends.empty()) text += ',';
  codec::json::append_string(text, name, php);
  text += ':';
  ends.push_back(text.size());
}

const Columns& Rows::columns() const noexcept {
  static const Columns none;
  return columns_ ? *columns_ : none;
}

int Rows::column(std::string_view name) const noexcept {
  const Columns& names = columns();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i] == name) return static_cast<int>(i);
  }
  return -1;
}

Cell Rows::cell(std::size_t row, std::size_t column) const noexcept {
  const Stored& stored = cells_[row * width() + column];
  Cell cell;
  cell.kind = stored.kind;
  switch (stored.kind) {
    case Kind::null: break;
    case Kind::integer: cell.integer = stored.integer; break;
    case Kind::real: cell.real = stored.real; break;
    case Kind::text:
    case Kind::blob: cell.text = std::string_view(arena_).substr(stored.offset, stored.length); break;
  }
  return cell;
}

std::string Rows::text(std::size_t row, std::size_t column) const {
  Cell value = cell(row, column);
  std::string out;
  if (value.kind == Kind::integer) append_number(out, value.integer);
  if (value.kind == Kind::real) append_number(out, value.real);
  out += value.text;
  return out;
}

void Rows::add(const Cell& cell) {
  Stored stored{};
  stored.kind = cell.kind;
  switch (cell.kind) {
    case Kind::null: break;
    case Kind::integer: stored.integer = cell.integer; break;
    case Kind::real: stored.real = cell.real; break;
    case Kind::text:
    case Kind::blob:
      stored.offset = arena_.size();
      stored.length = static_cast<std::uint32_t>(cell.text.size());
      arena_.append(cell.text);
      break;
  }
  cells_.push_back(stored);
}

void Rows::add_row(std::span<const Cell> row) {
  if (cells_.empty()) {
    // Most results are one row.
    std::size_t text = 0;
    for (const Cell& cell : row) text += cell.text.size();
    cells_.reserve(row.size());
    arena_.reserve(text);
  }
  for (const Cell& cell : row) add(cell);
}

void append_number(std::string& out, std::int64_t number) {
  char digits[24];
  auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

void append_number(std::string& out, double number) {
  char digits[40];
  // Without an exponent up to 15 digits, as people write amounts and seconds.
  double magnitude = std::fabs(number);
  auto format = magnitude == 0 || (magnitude >= 1e-6 && magnitude < 1e15) ? std::chars_format::fixed
                                                                         : std::chars_format::general;
  auto end = std::to_chars(digits, digits + sizeof digits, number, format).ptr;
  out.append(digits, end);
}

}  // namespace host::store
