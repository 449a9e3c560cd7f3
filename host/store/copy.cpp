#include "store/copy.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>

#include "store/connection.h"
#include "store/store.h"

namespace host::store {

using base::Code;
using base::Error;
using base::Result;

namespace {

// A store's own: its schema, and what hosts do at it just now.
constexpr std::string_view own[] = {"schema_migrations", "schema_lock", "ho_hosts", "le_leases"};
constexpr int most_passes = 4;
constexpr std::uint64_t rows_at_once = 1000;   // of a transaction
constexpr std::uint64_t rows_between = 50'000;  // of two words of progress

struct Table {
  std::string name;
  std::vector<Column> columns;  // of the target
  std::vector<std::size_t> keys;
};

std::string quoted(std::string_view name) { return fmt::format("\"{}\"", name); }

bool holds_text(const Column& column) {
  for (std::string_view word : {"CHAR", "TEXT", "BLOB"}) {
    if (column.type.find(word) != column.type.npos) return true;
  }
  return false;
}

// A row as values that both engines give alike: SQLite keeps what it is given, so that an empty text
// stands in columns of numbers and dates, and numbers as text.
std::vector<Value> values_of(const Table& table, const std::vector<Cell>& cells) {
  std::vector<Value> values;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const Cell& cell = cells[i];
    std::string text;
    if (cell.kind == Kind::integer) append_number(text, cell.integer);
    if (cell.kind == Kind::real) append_number(text, cell.real);
    text += cell.text;
    bool nothing = cell.kind == Kind::null || (text.empty() && !holds_text(table.columns[i]));
    if (nothing) {
      values.emplace_back();
    } else if (cell.kind == Kind::blob) {
      values.emplace_back(Blob{std::move(text)});
    } else {
      values.emplace_back(std::move(text));
    }
  }
  return values;
}

std::string_view text_of(const Value& value) {
  if (auto* text = std::get_if<std::string>(&value)) return *text;
  if (auto* blob = std::get_if<Blob>(&value)) return blob->bytes;
  return {};
}

bool same(const Value& a, const Value& b) {
  return std::holds_alternative<std::monostate>(a) == std::holds_alternative<std::monostate>(b) && text_of(a) == text_of(b);
}

// Numbers by value, the rest byte by byte: as both engines sort.
int compare(const Table& table, const std::vector<Value>& a, const std::vector<Value>& b) {
  for (std::size_t key : table.keys) {
    std::string_view x = text_of(a[key]), y = text_of(b[key]);
    if (!holds_text(table.columns[key]) && x.size() != y.size() && !x.starts_with('-') && !y.starts_with('-')) {
      return x.size() < y.size() ? -1 : 1;
    }
    if (int order = x.compare(y)) return order;
  }
  return 0;
}

void mix(std::uint64_t& sum, const std::vector<Value>& row) {
  for (const Value& value : row) {
    sum = (sum ^ (std::holds_alternative<std::monostate>(value) ? 1 : 2)) * 0x100000001b3u;
    for (char c : text_of(value)) sum = (sum ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  }
}

// The rows of a table in the order of its keys, one at a time.
class Side {
 public:
  Side(Direct& store, const Table& table) : store_(store), table_(table) {}

  Result<void> open() {
    std::string names, keys;
    for (const Column& column : table_.columns) names += (names.empty() ? "" : ", ") + quoted(column.name);
    for (std::size_t key : table_.keys) keys += (keys.empty() ? " ORDER BY " : ", ") + quoted(table_.columns[key].name);
    query_.sql = fmt::format("SELECT {} FROM {}{}", names, quoted(table_.name), keys);
    TRY(cursor_, store_.open_cursor(query_));
    return next();
  }
  Result<void> next() {
    row_.reset();
    TRY(bool more, cursor_->step());
    if (!more) return {};
    cursor_->read(cells_);
    row_ = values_of(table_, cells_);
    return {};
  }
  const std::optional<std::vector<Value>>& row() const noexcept { return row_; }

 private:
  Direct& store_;
  const Table& table_;
  Query query_;
  std::unique_ptr<Cursor> cursor_;  // after the query
  std::vector<Cell> cells_;
  std::optional<std::vector<Value>> row_;
};

// Changes to a table of the target, some at a time.
class Changes {
 public:
  Changes(Direct& store, const Table& table) : store_(store), table_(table) {
    std::string names, places, sets;
    for (const Column& column : table.columns) {
      names += (names.empty() ? "" : ", ") + quoted(column.name);
      places += places.empty() ? "?" : ", ?";
      sets += (sets.empty() ? "" : ", ") + quoted(column.name) + " = ?";
    }
    for (std::size_t key : table.keys) where_ += (where_.empty() ? " WHERE " : " AND ") + quoted(table.columns[key].name) + " = ?";
    insert_ = fmt::format("INSERT INTO {} ({}) VALUES ({})", quoted(table.name), names, places);
    update_ = fmt::format("UPDATE {} SET {}{}", quoted(table.name), sets, where_);
    remove_ = fmt::format("DELETE FROM {}{}", quoted(table.name), where_);
  }

  Result<void> insert(const std::vector<Value>& row) { return run({insert_, row, {}}, row); }
  Result<void> update(const std::vector<Value>& row) {
    std::vector<Value> values = row;
    for (std::size_t key : table_.keys) values.push_back(row[key]);
    return run({update_, std::move(values), {}}, row);
  }
  Result<void> remove(const std::vector<Value>& row) {
    std::vector<Value> values;
    for (std::size_t key : table_.keys) values.push_back(row[key]);
    return run({remove_, std::move(values), {}}, row);
  }
  Result<void> remove_all() { return run({fmt::format("DELETE FROM {}", quoted(table_.name)), {}, {}}, {}); }
  Result<void> finish() {
    if (std::exchange(open_, 0) == 0) return {};
    return store_.script("COMMIT");
  }

 private:
  Result<void> run(Query query, const std::vector<Value>& row) {
    if (open_++ == 0) TRY_VOID(store_.script("BEGIN"));
    auto done = store_.run(query);
    if (!done) {
      std::string which = table_.name;
      for (std::size_t key : table_.keys) {
        if (key < row.size()) which += fmt::format(" {}", text_of(row[key]).substr(0, 80));
      }
      (void)store_.script("ROLLBACK");
      return Error{done.error().code, fmt::format("copy: {}: {}", which, done.error().message)};
    }
    return open_ >= rows_at_once ? finish() : Result<void>();
  }

  Direct& store_;
  const Table& table_;
  std::string insert_, update_, remove_, where_;
  std::uint64_t open_ = 0;
};

class Copy {
 public:
  Copy(std::string_view from, std::string_view to, base::Function<void(const CopiedTable&, bool)>& told)
      : from_url_(from), to_url_(to), told_(told) {}

  Result<std::vector<CopiedTable>> run() {
    TRY(from_, open_for_cli(from_url_));
    TRY(to_, open_for_cli(to_url_));
    TRY(written_, open_for_cli(to_url_));
    TRY_VOID(written_->without_references());
    TRY_VOID(from_->snapshot());
    TRY(auto tables, describe());
    // A trigger of one table writes to another: what it wrote is put right in the next pass.
    std::vector<CopiedTable> sum;
    for (int pass = 0; pass < most_passes; ++pass) {
      std::uint64_t differences = 0;
      for (std::size_t i = 0; i < tables.size(); ++i) {
        TRY(CopiedTable done, tables[i].keys.empty() ? replace(tables[i], pass > 0) : merge(tables[i]));
        differences += done.added + done.changed + done.removed;
        if (pass == 0) {
          sum.push_back(done);
        } else {
          sum[i].added += done.added;
          sum[i].changed += done.changed;
          sum[i].removed += done.removed;
        }
        if (pass == 0) told_(done, true);
      }
      if (differences == 0) return sum;
    }
    return Error{Code::conflict, "copy: the target changes meanwhile: is another host running on it?"};
  }

 private:
  // Tables that both have, with the columns of both.
  Result<std::vector<Table>> describe() {
    TRY(auto names, from_->tables());
    TRY(auto known, to_->tables());
    std::vector<Table> tables;
    for (const std::string& name : names) {
      if (std::find(std::begin(own), std::end(own), name) != std::end(own)) continue;
      if (std::find(known.begin(), known.end(), name) == known.end()) {
        return Error{Code::conflict, fmt::format("copy: the target has no table {}: run migrate on both", name)};
      }
      Table table{name, {}, {}};
      TRY(auto ours, from_->columns(name));
      TRY(table.columns, to_->columns(name));
      auto differs = [&](const Column& column) {
        return std::none_of(ours.begin(), ours.end(), [&](const Column& own) { return own.name == column.name; });
      };
      if (ours.size() != table.columns.size() || std::any_of(table.columns.begin(), table.columns.end(), differs)) {
        return Error{Code::conflict, fmt::format("copy: the columns of {} differ: run migrate on both", name)};
      }
      for (std::size_t i = 0; i < table.columns.size(); ++i) {
        if (table.columns[i].key) table.keys.push_back(i);
      }
      tables.push_back(std::move(table));
    }
    return tables;
  }

  Result<CopiedTable> merge(const Table& table) {
    CopiedTable copied{table.name};
    Side source(*from_, table), target(*to_, table);
    Changes changes(*written_, table);
    TRY_VOID(source.open());
    TRY_VOID(target.open());
    while (source.row() || target.row()) {
      int order = !source.row() ? 1 : !target.row() ? -1 : compare(table, *source.row(), *target.row());
      if (order > 0) {
        ++copied.removed;
        TRY_VOID(changes.remove(*target.row()));
      } else if (order < 0) {
        ++copied.added;
        TRY_VOID(changes.insert(*source.row()));
      } else if (!std::equal(source.row()->begin(), source.row()->end(), target.row()->begin(), same)) {
        ++copied.changed;
        TRY_VOID(changes.update(*source.row()));
      }
      if (order <= 0) {
        mix(copied.checksum, *source.row());
        if (++copied.rows % rows_between == 0) told_(copied, false);
        TRY_VOID(source.next());
      }
      if (order >= 0) TRY_VOID(target.next());
    }
    TRY_VOID(changes.finish());
    return copied;
  }

  // Without a key there is nothing to hold rows against each other by: all go, all come.
  Result<CopiedTable> replace(const Table& table, bool only_count) {
    CopiedTable copied{table.name};
    Side source(*from_, table);
    TRY_VOID(source.open());
    Changes changes(*written_, table);
    if (!only_count) TRY_VOID(changes.remove_all());
    for (; source.row(); ++copied.rows) {
      mix(copied.checksum, *source.row());
      if (!only_count) {
        ++copied.added;
        TRY_VOID(changes.insert(*source.row()));
      }
      TRY_VOID(source.next());
    }
    TRY_VOID(changes.finish());
    Query count{fmt::format("SELECT count(*) FROM {}", quoted(table.name)), {}, {}};
    TRY(Rows counted, written_->run(count));
    if (counted.text(0, 0) != std::to_string(copied.rows)) {
      return Error{Code::conflict, fmt::format("copy: {} has {} rows of {}", table.name, counted.text(0, 0), copied.rows)};
    }
    return copied;
  }

  const std::string from_url_, to_url_;
  base::Function<void(const CopiedTable&, bool)>& told_;
  std::unique_ptr<Direct> from_, to_, written_;
};

}  // namespace

Result<std::vector<CopiedTable>> copy(std::string_view from, std::string_view to,
                                      base::Function<void(const CopiedTable&, bool)> told) {
  if (from == to) return base::invalid("copy: from and to are the same");
  return Copy(from, to, told).run();
}

}  // namespace host::store
