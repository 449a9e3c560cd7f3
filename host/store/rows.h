// Rows: a whole result set as one value: two allocations, whatever its size.
// RowView: one row while it passes by; its text is valid during the call only.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace host::store {

// The names of a result's columns. They are composed as keys of a JSON object once for all
// rows and all runs of a statement: for one wide row that costs as much as the row.
class Columns {
 public:
  Columns() = default;
  explicit Columns(std::vector<std::string> names);
  Columns(std::initializer_list<std::string> names) : Columns(std::vector<std::string>(names)) {}

  std::size_t size() const noexcept { return names_.size(); }
  const std::string& operator[](std::size_t i) const noexcept { return names_[i]; }
  auto begin() const noexcept { return names_.begin(); }
  auto end() const noexcept { return names_.end(); }

  // `"a":,"b":` and where each of its parts ends.
  struct Keys {
    std::string text;
    std::vector<std::size_t> ends;
    void add(std::string_view name, bool php = false);
  };
  const Keys& keys() const noexcept { return keys_; }
  // Which part a column named `part.name` is in: 1 for the first, and so on; 0 for any other name.
  // The columns of a part stand together.
  std::size_t part(std::size_t i) const noexcept { return parts_[i]; }

 private:
  std::vector<std::string> names_;
  Keys keys_;
  std::vector<std::size_t> parts_;
};

enum class Kind : std::uint8_t { null, integer, real, text, blob };

struct Cell {
  Kind kind = Kind::null;
  std::int64_t integer = 0;
  double real = 0;
  std::string_view text;  // text and blob
};

struct RowView {
  const Columns& columns;
  std::span<const Cell> cells;
};

class Rows {
 public:
  Rows() = default;
  explicit Rows(std::shared_ptr<const Columns> columns) : columns_(std::move(columns)) {}

  std::size_t size() const noexcept { return width() == 0 ? 0 : cells_.size() / width(); }
  bool empty() const noexcept { return cells_.empty(); }
  std::size_t width() const noexcept { return columns_ ? columns_->size() : 0; }
  const Columns& columns() const noexcept;
  // -1 when there is none of that name.
  int column(std::string_view name) const noexcept;

  // Valid as long as the Rows.
  Cell cell(std::size_t row, std::size_t column) const noexcept;
  // A cell as text: numbers in decimal, NULL empty.
  std::string text(std::size_t row, std::size_t column) const;

  // What a writing statement did.
  std::int64_t last_id = 0;
  std::int64_t changes = 0;

  // Cells are added row by row, in the order of the columns.
  void add(const Cell& cell);
  void add_row(std::span<const Cell> row);
  std::size_t bytes() const noexcept { return arena_.size() + cells_.size() * sizeof(Stored); }

 private:
  struct Stored {
    union {
      std::int64_t integer;
      double real;
      std::uint64_t offset;
    };
    std::uint32_t length;
    Kind kind;
  };
  std::shared_ptr<const Columns> columns_;
  std::vector<Stored> cells_;
  std::string arena_;
};

// Appends a number as text: shortest form that reads back the same.
void append_number(std::string& out, std::int64_t number);
void append_number(std::string& out, double number);

}  // namespace host::store
