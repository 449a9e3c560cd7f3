#include "bind/bind.h"

#include <cmath>
#include <memory>
#include <new>
#include <unordered_map>

#include "bind/encode.h"
#include "script/args.h"
#include "script/body.h"
#include "script/effort.h"
#include "script/push.h"
#include "script/report.h"
#include "script/runtime.h"
#include "script/task.h"
#include "script/watchdog.h"
#include "store/encode.h"
#include "store/guard.h"
#include "store/leases.h"
#include "store/shares.h"
#include "store/store.h"

namespace host::bind {

namespace args = script::args;
using base::Error;
using base::Result;
using script::Task;
using store::Cell;
using store::Kind;
using store::Rows;

namespace {

constexpr double exact_integers = 9007199254740992.0;  // 2^53
constexpr std::uint64_t export_ms = 600'000;           // of work, not of a slow client

// One open transaction; Lua holds it through a userdata, a running statement too.
struct OpenTransaction {
  std::unique_ptr<store::Transaction> transaction;
};

// Their addresses are the registry keys of the metatables: no script can name them.
constexpr char rows_key = 0, blob_key = 0, transaction_key = 0, columns_key = 0;

using KnownColumns = std::unordered_map<std::string, std::vector<store::Column>>;

template <typename T>
int collect(lua_State* L) {
  static_cast<T*>(lua_touserdata(L, 1))->~T();
  return 0;
}

void push_key(lua_State* L, const char& key) {
  lua_pushlightuserdata(L, const_cast<char*>(&key));
  lua_rawget(L, LUA_REGISTRYINDEX);
}

// The value on the stack becomes the registry's; it is popped.
void keep_at(lua_State* L, const char& key) {
  lua_pushlightuserdata(L, const_cast<char*>(&key));
  lua_insert(L, -2);
  lua_rawset(L, LUA_REGISTRYINDEX);
}

template <typename T>
int push_object(lua_State* L, T value, const char& key) {
  void* memory = lua_newuserdata(L, sizeof(T));
  new (memory) T(std::move(value));
  push_key(L, key);
  lua_setmetatable(L, -2);
  return 1;
}

// nullptr when the value is something else.
template <typename T>
T* object_at(lua_State* L, int index, const char& key) {
  if (lua_type(L, index) != LUA_TUSERDATA || !lua_getmetatable(L, index)) return nullptr;
  push_key(L, key);
  bool same = lua_rawequal(L, -1, -2) != 0;
  lua_pop(L, 2);
  return same ? static_cast<T*>(lua_touserdata(L, index)) : nullptr;
}

Rows& rows_at(lua_State* L, int index) {
  auto* rows = object_at<Rows>(L, index, rows_key);
  if (!rows) luaL_argerror(L, index, "rows of the store expected");
  return *rows;
}

// ---- parameters

store::Value value_at(lua_State* L, int index, const char* name) {
  switch (lua_type(L, index)) {
    case LUA_TNIL: return std::monostate{};
    case LUA_TBOOLEAN: return std::int64_t{lua_toboolean(L, index)};
    case LUA_TNUMBER: {
      double number = lua_tonumber(L, index);
      if (number == std::floor(number) && std::fabs(number) <= exact_integers) {
        return static_cast<std::int64_t>(number);
      }
      return number;
    }
    case LUA_TSTRING: {
      std::size_t size = 0;
      const char* text = lua_tolstring(L, index, &size);
      return std::string(text, size);
    }
    case LUA_TLIGHTUSERDATA:  // json.null
      if (!lua_touserdata(L, index)) return std::monostate{};
      break;
    case LUA_TUSERDATA:
      if (auto* bytes = object_at<char>(L, index, blob_key)) {
        return store::Blob{std::string(bytes, lua_objlen(L, index))};
      }
      break;
    default: break;
  }
  luaL_error(L, "parameter %s: a %s cannot be stored", name, luaL_typename(L, index));
  return {};
}

store::Query values_at(lua_State* L, int params) {
  store::Query values;
  values.pad = true;  // a nil at the end of a list, or in a table of names, leaves no trace
  if (lua_isnoneornil(L, params)) return values;
  args::table(L, params);
  // One long text may be there many times, and each is copied.
  script::Effort effort(L);
  std::size_t bytes = 0;
  lua_pushnil(L);
  while (lua_next(L, params)) {
    effort.work(1);
    effort.made(bytes += sizeof(store::Value) + (lua_type(L, -1) == LUA_TSTRING ? lua_objlen(L, -1) : 0));
    if (lua_type(L, -2) == LUA_TNUMBER) {
      double key = lua_tonumber(L, -2);
      if (key < 1 || key > 32766 || key != std::floor(key)) {
        luaL_argerror(L, params, "parameters: a list has gaps or too many values");
      }
      auto position = static_cast<std::size_t>(key);
      if (values.positional.size() < position) values.positional.resize(position);
      values.positional[position - 1] = value_at(L, -1, "of the list");
    } else if (lua_type(L, -2) == LUA_TSTRING) {
      const char* name = lua_tostring(L, -2);
      values.named.emplace_back(name, value_at(L, -1, name));
    } else {
      luaL_argerror(L, params, "parameters: a key is neither a position nor a name");
    }
    lua_pop(L, 1);
  }
  return values;
}

// sql at `index`, parameters after it.
store::Query query_at(lua_State* L, int index) {
  std::string_view sql = args::string(L, index);
  store::Query query = values_at(L, index + 1);
  query.sql = sql;
  return query;
}

// ---- results

void push_cell(lua_State* L, const Cell& cell) {
  switch (cell.kind) {
    case Kind::null: lua_pushnil(L); return;
    case Kind::integer:
      // A double cannot tell such an id from its neighbour; its digits can.
      if (std::fabs(static_cast<double>(cell.integer)) >= exact_integers) {
        std::string digits;
        store::append_number(digits, cell.integer);
        lua_pushlstring(L, digits.data(), digits.size());
        return;
      }
      lua_pushnumber(L, static_cast<lua_Number>(cell.integer));
      return;
    case Kind::real: lua_pushnumber(L, cell.real); return;
    case Kind::text:
    case Kind::blob: lua_pushlstring(L, cell.text.data(), cell.text.size()); return;
  }
}

int push_row(lua_State* L, const Rows& rows, std::size_t row) {
  const auto& columns = rows.columns();
  lua_createtable(L, 0, static_cast<int>(columns.size()));
  for (std::size_t i = 0; i < columns.size(); ++i) {
    Cell cell = rows.cell(row, i);
    if (cell.kind == Kind::null) continue;
    lua_pushlstring(L, columns[i].data(), columns[i].size());
    push_cell(L, cell);
    lua_rawset(L, -3);
  }
  return 1;
}

int push_rows(lua_State* L, Rows rows) {
  std::size_t bytes = rows.bytes(), kib = bytes / 1024;
  void* memory = lua_newuserdata(L, sizeof(Rows));
  // It raises before there is anything that a collection would give back.
  if (script::Runtime* runtime = script::find_runtime(L)) runtime->take_outside(L, bytes);
  new (memory) Rows(std::move(rows));
  push_key(L, rows_key);
  lua_setmetatable(L, -2);
  // The collector does not see this memory, so it is told to work as if it did.
  if (kib >= 16) lua_gc(L, LUA_GCSTEP, static_cast<int>(std::min<std::size_t>(kib, 256)));
  return 1;
}

int collect_rows(lua_State* L) {
  auto* rows = static_cast<Rows*>(lua_touserdata(L, 1));
  if (script::Runtime* runtime = script::find_runtime(L)) runtime->give_outside(rows->bytes());
  return collect<Rows>(L);
}

int push_first_row(lua_State* L, Rows rows) {
  if (rows.size() > 0) return push_row(L, rows, 0);
  lua_pushnil(L);
  return 1;
}

int push_first_value(lua_State* L, Rows rows) {
  if (rows.size() > 0) {
    push_cell(L, rows.cell(0, 0));
  } else {
    lua_pushnil(L);
  }
  return 1;
}

int push_done(lua_State* L, Rows rows) {
  lua_createtable(L, 0, 2);
  script::set_field(L, "id", static_cast<long long>(rows.last_id));
  script::set_field(L, "changes", static_cast<long long>(rows.changes));
  return 1;
}

using PushRows = int (*)(lua_State*, Rows);

// A statement on its way: who asks, and since when.
struct Asked {
  Asked(lua_State* L, Task& task) : asker(L), task(&task), started(script::monotonic_ns()) {}
  lua_State* asker;
  Task* task;  // alive whenever an outcome is pushed
  std::uint64_t started;
};

// A statement that is wrong itself no caller can have caused.
int push_refusal(lua_State* L, const Asked& asked, std::string_view sql, const Error& error) {
  if (error.kind != "sql") return script::push_error(L, error);
  script::note_wrong_statement(asked.asker, *asked.task, sql, error.message);
  script::push_error(L, base::internal(error.message));
  script::set_field(L, "logged", true);
  return 2;
}

int push_outcome_of(lua_State* L, const Asked& asked, std::string_view sql, Result<Rows> rows, PushRows push) {
  script::note_statement(asked.asker, *asked.task, sql, script::monotonic_ns() - asked.started);
  if (!rows) return push_refusal(L, asked, sql, rows.error());
  return push(L, std::move(*rows));
}

int no_store(lua_State* L) {
  return script::push_error(L, base::unavailable("store: not available here"));
}

// What is written to a file that nobody will find again is not acknowledged.
Result<void> writable(lua_State* L) {
  const store::Guard* guard = services(L).guard;
  if (!guard || !guard->lost()) return {};
  return base::unavailable("The store is out of reach: changes are refused.");
}

// A job that has lost its lease changes nothing any more.
store::Fence fence_of(const Task& task) {
  Task::Lease lease = task.lease();
  if (lease.term == 0) return {};
  return store::fence(lease.name, lease.term);
}

// ---- reading

int read(lua_State* L, const char* name, store::Limits limits, PushRows push) {
  Task& task = Task::require(L, name);
  std::string_view text = args::string(L, 1);
  store::Query query = values_at(L, 2);
  store::Reader* reader = services(L).reader;
  if (!reader) return no_store(L);
  limits.ms = task.remaining_ms();
  Asked asked(L, task);
  // Texts are long and nearly all look-ups end here: no copy.
  if (auto rows = reader->try_inline(text, query, limits)) return push_outcome_of(L, asked, text, std::move(*rows), push);
  std::string sql(text);
  query.sql = text;
  return task.suspend(reader->query(
      std::move(query), limits, [resume = task.resumer(), asked, sql = std::move(sql), push](Result<Rows> rows) {
        resume([rows = std::move(rows), asked, sql, push](lua_State* co) mutable {
          return push_outcome_of(co, asked, sql, std::move(rows), push);
        });
      }));
}

constexpr store::Limits first_row{.rows = 1, .cut = true};

int store_query(lua_State* L) {
  store::Limits limits;
  double rows = args::field_number(L, 3, "rows").value_or(static_cast<double>(limits.rows));
  if (rows < 1 || rows > 1'000'000) luaL_argerror(L, 3, "rows: not between 1 and 1000000");
  limits.rows = static_cast<std::size_t>(rows);
  return read(L, "store.query", limits, push_rows);
}

int store_row(lua_State* L) { return read(L, "store.row", first_row, push_first_row); }
int store_value(lua_State* L) { return read(L, "store.value", first_row, push_first_value); }

int push_columns(lua_State* L, const std::vector<store::Column>& columns) {
  lua_createtable(L, static_cast<int>(columns.size()), 0);
  int index = 0;
  for (const auto& column : columns) {
    lua_createtable(L, 0, 4);
    script::set_field(L, "name", std::string_view(column.name));
    script::set_field(L, "type", std::string_view(column.type));
    script::set_field(L, "not_null", column.not_null);
    if (column.fallback) script::set_field(L, "default", std::string_view(*column.fallback));
    lua_rawseti(L, -2, ++index);
  }
  return 1;
}

KnownColumns& known_columns(lua_State* L) {
  push_key(L, columns_key);
  auto* known = static_cast<KnownColumns*>(lua_touserdata(L, -1));
  lua_pop(L, 1);
  return *known;
}

int store_columns(lua_State* L) {
  Task& task = Task::require(L, "store.columns");
  std::string table(args::string(L, 1));
  KnownColumns& known = known_columns(L);
  if (auto found = known.find(table); found != known.end()) return push_columns(L, found->second);
  store::Reader* reader = services(L).reader;
  if (!reader) return no_store(L);
  return task.suspend(reader->columns(
      table, [resume = task.resumer(), table](Result<std::vector<store::Column>> columns) {
        resume([columns = std::move(columns), table](lua_State* co) {
          if (!columns) return script::push_error(co, columns.error());
          known_columns(co)[table] = *columns;
          return push_columns(co, *columns);
        });
      }));
}

// ---- writing

int store_write(lua_State* L) {
  Task& task = Task::require(L, "store.write");
  std::vector<store::Query> queries;
  queries.push_back(query_at(L, 1));
  store::Writer* writer = services(L).writer;
  if (!writer) return no_store(L);
  if (auto standing = writable(L); !standing) return script::push_error(L, standing.error());
  std::string sql = queries.front().sql;
  return task.suspend(writer->write(
      std::move(queries), task.remaining_ms(),
      [resume = task.resumer(), asked = Asked(L, task), sql = std::move(sql)](Result<std::vector<Rows>> done) {
        resume([done = std::move(done), asked, sql](lua_State* co) mutable {
          if (!done) return push_refusal(co, asked, sql, done.error());
          return push_outcome_of(co, asked, sql, std::move(done->front()), push_done);
        });
      },
      fence_of(task)));
}

using Holder = std::shared_ptr<OpenTransaction>;

Holder& transaction_at(lua_State* L, int index) {
  auto* holder = object_at<Holder>(L, index, transaction_key);
  if (!holder) luaL_argerror(L, index, "a transaction expected; call it as tx:name(...)");
  return *holder;
}

// The four steps of store.transaction; the loop around them is Lua, because only Lua
// code can have a waiting function below it.
int transaction_begin(lua_State* L) {
  Task& task = Task::require(L, "store.transaction");
  if (task.in_transaction()) luaL_error(L, "store.transaction cannot be called inside itself");
  store::Writer* writer = services(L).writer;
  if (!writer) return no_store(L);
  if (auto standing = writable(L); !standing) return script::push_error(L, standing.error());
  return task.suspend(writer->begin(
      task.remaining_ms(),
      [resume = task.resumer(), &task](Result<std::unique_ptr<store::Transaction>> begun) {
        resume([begun = std::move(begun), &task](lua_State* co) mutable {
          if (!begun) return script::push_error(co, begun.error());
          auto holder = std::make_shared<OpenTransaction>(OpenTransaction{std::move(*begun)});
          task.enter_transaction([holder] { holder->transaction.reset(); });
          return push_object(co, std::move(holder), transaction_key);
        });
      },
      fence_of(task)));
}

int transaction_rollback(lua_State* L) {
  transaction_at(L, 1)->transaction.reset();
  if (Task* task = Task::current(L)) task->leave_transaction();
  return 0;
}

int transaction_commit(lua_State* L) {
  Task& task = Task::require(L, "store.transaction");
  Holder holder = transaction_at(L, 1);
  if (!holder->transaction) {
    task.leave_transaction();
    return script::push_error(L, {base::Code::conflict, "store: the transaction is over"});
  }
  return task.suspend(holder->transaction->commit(
      [resume = task.resumer(), holder, &task](Result<void> done) {
        resume([done = std::move(done), holder, &task](lua_State* co) {
          holder->transaction.reset();
          task.leave_transaction();
          return script::push_outcome(co, done);
        });
      }));
}

int transaction_run(lua_State* L, const char* name, store::Limits limits, PushRows push) {
  Task& task = Task::require(L, name);
  Holder holder = transaction_at(L, 1);
  store::Query query = query_at(L, 2);
  if (!holder->transaction) {
    return script::push_error(L, {base::Code::conflict, "store: the transaction is over"});
  }
  limits.ms = task.remaining_ms();
  std::string sql = query.sql;
  return task.suspend(holder->transaction->run(
      std::move(query), limits,
      [resume = task.resumer(), asked = Asked(L, task), sql = std::move(sql), push](Result<Rows> rows) {
        resume([rows = std::move(rows), asked, sql, push](lua_State* co) mutable {
          return push_outcome_of(co, asked, sql, std::move(rows), push);
        });
      }));
}

int transaction_exec(lua_State* L) { return transaction_run(L, "tx:exec", {}, push_done); }
int transaction_query(lua_State* L) { return transaction_run(L, "tx:query", {}, push_rows); }
int transaction_row(lua_State* L) { return transaction_run(L, "tx:row", first_row, push_first_row); }
int transaction_value(lua_State* L) {
  return transaction_run(L, "tx:value", first_row, push_first_value);
}

constexpr char transaction_source[] = R"lua(
local begin, commit, rollback, pcall, error, type = ...
return function(body)
  if type(body) ~= "function" then error("store.transaction: a function expected", 2) end
  local tx, err = begin()
  if not tx then return nil, err end
  local ok, value, fault = pcall(body, tx)
  if not ok then
    rollback(tx)
    error(value, 0)
  end
  if value == nil and fault ~= nil then
    rollback(tx)
    return nil, fault
  end
  ok, err = commit(tx)
  if not ok then return nil, err end
  return value, fault
end
)lua";

// ---- encoding

store::Format format_at(lua_State* L, int index) {
  args::table(L, index);
  store::Format format;
  auto kind = store::format_kind(args::field_string(L, index, "format").value_or(""));
  if (!kind) luaL_argerror(L, index, kind.error().message.c_str());
  format.kind = *kind;
  format.text = args::field_boolean(L, index, "text", false);
  format.php = args::field_boolean(L, index, "php", false);
  format.one = args::field_boolean(L, index, "one", false);
  format.nested = args::field_boolean(L, index, "nested", false);
  format.positional = args::field_boolean(L, index, "positional", false);
  if (format.nested && format.positional) luaL_argerror(L, index, "nested and positional do not go together");
  format.header = args::field_boolean(L, index, "header", true);
  format.trailing = args::field_boolean(L, index, "trailing", false);
  format.head = args::field_string(L, index, "head").value_or("");
  format.tail = args::field_string(L, index, "tail").value_or("");
  format.row = args::field_string(L, index, "row").value_or("");
  format.row_element = args::field_string(L, index, "row_element").value_or("Row");
  if (auto empty = args::field_string(L, index, "empty")) {
    format.has_empty = true;
    format.empty = *empty;
  }
  lua_getfield(L, index, "integers");
  if (lua_istable(L, -1)) {
    int count = static_cast<int>(lua_objlen(L, -1));
    for (int i = 1; i <= count; ++i) {
      lua_rawgeti(L, -1, i);
      format.integers.emplace_back(args::string(L, -1));
      lua_pop(L, 1);
    }
  }
  lua_pop(L, 1);
  return format;
}

// Rows of the store as the body of an answer. Its share of the exports may be wanted back by
// another thread: then the query ends at once, whether anybody reads or not.
class RowsBody final : public http::ChunkSource {
 public:
  struct State {
    std::shared_ptr<void> share;
    std::unique_ptr<store::RowStream> stream;
    base::Function<void(Result<std::string>)> done;  // who waits for a chunk
    bool cut = false;
  };
  explicit RowsBody(loop::Loop& loop, std::shared_ptr<State> state) : loop_(loop), state_(std::move(state)) {}

  loop::Pending next(base::Function<void(Result<std::string>)> done) override {
    if (state_->cut) {
      return loop_.later([done = std::move(done)]() mutable { done(cut_short()); });
    }
    state_->done = std::move(done);
    return state_->stream->next([state = state_](Result<std::string> bytes) {
      if (auto waiting = std::exchange(state->done, nullptr)) waiting(std::move(bytes));
    });
  }

  // On its lane.
  static void cut(State& state) {
    state.cut = true;
    state.stream.reset();
    state.share.reset();
    if (auto waiting = std::exchange(state.done, nullptr)) waiting(cut_short());
  }

 private:
  static Error cut_short() { return base::unavailable("the export was too slow for the store"); }

  loop::Loop& loop_;
  std::shared_ptr<State> state_;
};

// One's turn to export, then the query until its first row is there.
struct Opening final : loop::Operation {
  loop::Pending turn, stream;
};

int store_stream(lua_State* L) {
  Task& task = Task::require(L, "store.stream");
  store::Query query = query_at(L, 1);
  store::Format format = format_at(L, 3);
  store::Reader* reader = services(L).reader;
  if (!reader) return no_store(L);
  // A small indexed answer needs neither a thread nor chunks.
  store::Limits limits;
  limits.ms = task.remaining_ms();
  Asked asked(L, task);
  if (auto rows = reader->try_inline(query, limits)) {
    if (!*rows) return push_refusal(L, asked, query.sql, rows->error());
    return script::push_body(L, store::encode(**rows, std::move(format)));
  }
  loop::Loop* loop = services(L).loop;
  auto body = std::make_shared<RowsBody::State>();
  auto opening = std::make_unique<Opening>();
  auto opens = [opening = opening.get(), reader, loop, body, asked, resume = task.resumer(), query = std::move(query),
               format = std::move(format)](Result<std::shared_ptr<void>> share) mutable {
    if (!share) {
      return resume([error = share.error()](lua_State* co) { return script::push_error(co, error); });
    }
    body->share = std::move(*share);
    std::string sql = query.sql;
    opening->stream = reader->stream(
        std::move(query), export_ms, store::make_encoder(std::move(format)),
        [resume, body, loop, asked, sql = std::move(sql)](Result<std::unique_ptr<store::RowStream>> stream) {
          resume([body, loop, asked, sql, stream = std::move(stream)](lua_State* co) mutable {
            if (!stream) return push_refusal(co, asked, sql, stream.error());
            if (!body->cut) body->stream = std::move(*stream);
            return script::push_body(co, std::unique_ptr<http::ChunkSource>(new RowsBody(*loop, body)));
          });
        });
  };
  auto open = std::make_shared<decltype(opens)>(std::move(opens));
  if (store::Shares* shares = services(L).shares) {
    auto cut = [loop, weak = std::weak_ptr<RowsBody::State>(body)] {
      loop->post([weak] {
        if (auto state = weak.lock()) RowsBody::cut(*state);
      });
    };
    auto taken = shares->take_in_turn(*loop, task.scope().tenant, task.scope().key, std::move(cut), limits.ms,
                                      [open](Result<std::shared_ptr<void>> share) { (*open)(std::move(share)); }, opening->turn);
    if (taken && !*taken) return script::push_error(L, taken->error());
    if (taken) (*open)(std::move(*taken));
  } else {
    (*open)(std::shared_ptr<void>());
  }
  return task.suspend(loop::Pending(std::move(opening)));
}

int store_encode(lua_State* L) {
  script::Effort effort(L);
  std::string text = store::encode(rows_at(L, 1), format_at(L, 2));
  effort.work(text.size());
  effort.made(text.size());
  return script::push_string(L, text);
}

int store_blob(lua_State* L) {
  std::string_view text = args::string(L, 1);
  auto* bytes = static_cast<char*>(lua_newuserdata(L, text.size()));
  std::copy(text.begin(), text.end(), bytes);
  push_key(L, blob_key);
  lua_setmetatable(L, -2);
  return 1;
}

void encode_rows(lua_State* L, int index, std::string& out, const codec::json::Format& json) {
  store::Format format;
  format.kind = store::Format::Kind::json;
  format.php = json.php;
  script::Effort effort(L);
  std::size_t before = out.size();
  store::encode(rows_at(L, index), std::move(format), out);
  effort.work(out.size() - before);
  effort.made(out.size());
}

// ---- the value Rows

int rows_length(lua_State* L) {
  lua_pushnumber(L, static_cast<lua_Number>(rows_at(L, 1).size()));
  return 1;
}

int rows_list(lua_State* L) {
  Rows& rows = rows_at(L, 1);
  lua_createtable(L, static_cast<int>(rows.size()), 0);
  script::Effort effort(L);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    effort.work(rows.width());
    push_row(L, rows, i);
    lua_rawseti(L, -2, static_cast<int>(i + 1));
  }
  return 1;
}

int rows_next(lua_State* L) {
  Rows& rows = rows_at(L, lua_upvalueindex(1));
  auto next = static_cast<std::size_t>(lua_tonumber(L, lua_upvalueindex(2)));
  if (next >= rows.size()) return 0;
  lua_pushnumber(L, static_cast<lua_Number>(next + 1));
  lua_replace(L, lua_upvalueindex(2));
  return push_row(L, rows, next);
}

int rows_each(lua_State* L) {
  rows_at(L, 1);
  lua_pushvalue(L, 1);
  lua_pushnumber(L, 0);
  lua_pushcclosure(L, rows_next, 2);
  return 1;
}

// A column by its name or its position.
std::size_t column_at(lua_State* L, const Rows& rows, int index) {
  if (lua_type(L, index) == LUA_TNUMBER) {
    long long position = args::integer(L, index);
    if (position >= 1 && position <= static_cast<long long>(rows.width())) {
      return static_cast<std::size_t>(position - 1);
    }
  } else if (int found = rows.column(args::string(L, index)); found >= 0) {
    return static_cast<std::size_t>(found);
  }
  luaL_argerror(L, index, lua_pushfstring(L, "no such column: %s", lua_tostring(L, index)));
  return 0;
}

int rows_column(lua_State* L) {
  Rows& rows = rows_at(L, 1);
  std::size_t column = column_at(L, rows, 2);
  lua_createtable(L, static_cast<int>(rows.size()), 0);
  script::Effort effort(L);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    effort.work(1);
    push_cell(L, rows.cell(i, column));
    lua_rawseti(L, -2, static_cast<int>(i + 1));
  }
  return 1;
}

int rows_cell(lua_State* L) {
  Rows& rows = rows_at(L, 1);
  long long row = args::integer(L, 2);
  std::size_t column = column_at(L, rows, 3);
  if (row < 1 || row > static_cast<long long>(rows.size())) {
    lua_pushnil(L);
  } else {
    push_cell(L, rows.cell(static_cast<std::size_t>(row - 1), column));
  }
  return 1;
}

// rows[i] is a row, anything else a method or `columns`. Upvalue: the methods.
int rows_index(lua_State* L) {
  Rows& rows = rows_at(L, 1);
  if (lua_type(L, 2) == LUA_TNUMBER) {
    double index = lua_tonumber(L, 2);
    if (index >= 1 && index <= static_cast<double>(rows.size()) && index == std::floor(index)) {
      return push_row(L, rows, static_cast<std::size_t>(index) - 1);
    }
    lua_pushnil(L);
    return 1;
  }
  if (lua_type(L, 2) == LUA_TSTRING && args::string(L, 2) == "columns") {
    const auto& columns = rows.columns();
    lua_createtable(L, static_cast<int>(columns.size()), 0);
    for (std::size_t i = 0; i < columns.size(); ++i) {
      script::push_string(L, columns[i]);
      lua_rawseti(L, -2, static_cast<int>(i + 1));
    }
    return 1;
  }
  lua_pushvalue(L, 2);
  lua_rawget(L, lua_upvalueindex(1));
  return 1;
}

// ---- opening

// A metatable on top of the stack goes to the registry, closed to scripts.
void finish_metatable(lua_State* L, lua_CFunction gc, const char* name, const char& key) {
  if (gc) {
    lua_pushcfunction(L, gc);
    lua_setfield(L, -2, "__gc");
  }
  lua_pushstring(L, name);
  lua_setfield(L, -2, "__metatable");
  keep_at(L, key);
}

void push_methods(lua_State* L, const luaL_Reg* methods) {
  lua_createtable(L, 0, 8);
  luaL_register(L, nullptr, methods);
}

void make_metatables(lua_State* L) {
  static constexpr luaL_Reg row_methods[] = {{"each", rows_each}, {"list", rows_list},
                                             {"column", rows_column}, {"cell", rows_cell},
                                             {nullptr, nullptr}};
  lua_createtable(L, 0, 6);
  push_methods(L, row_methods);
  lua_pushcclosure(L, rows_index, 1);
  lua_setfield(L, -2, "__index");
  lua_pushcfunction(L, rows_length);
  lua_setfield(L, -2, "__len");
  set_encoder(L, encode_rows);
  finish_metatable(L, collect_rows, "rows", rows_key);

  static constexpr luaL_Reg transaction_methods[] = {
      {"exec", transaction_exec}, {"query", transaction_query}, {"row", transaction_row},
      {"value", transaction_value}, {nullptr, nullptr}};
  lua_createtable(L, 0, 3);
  push_methods(L, transaction_methods);
  lua_setfield(L, -2, "__index");
  finish_metatable(L, collect<Holder>, "transaction", transaction_key);

  lua_createtable(L, 0, 1);
  finish_metatable(L, nullptr, "blob", blob_key);

  // The schema does not change under a generation.
  lua_createtable(L, 0, 1);
  lua_pushcfunction(L, collect<KnownColumns>);
  lua_setfield(L, -2, "__gc");
  new (lua_newuserdata(L, sizeof(KnownColumns))) KnownColumns();
  lua_insert(L, -2);
  lua_setmetatable(L, -2);
  keep_at(L, columns_key);
}

// Stands in the list of functions; open_store puts the Lua function in its place.
int transaction_placeholder(lua_State* L) { return luaL_error(L, "store.transaction: not open"); }

void push_transaction(lua_State* L) {
  if (luaL_loadbuffer(L, transaction_source, sizeof transaction_source - 1, "=store.transaction")) {
    lua_error(L);
  }
  // Compiled code would not see the watchdog.
  luaJIT_setmode(L, -1, LUAJIT_MODE_ALLFUNC | LUAJIT_MODE_OFF);
  lua_pushcfunction(L, transaction_begin);
  lua_pushcfunction(L, transaction_commit);
  lua_pushcfunction(L, transaction_rollback);
  for (const char* name : {"pcall", "error", "type"}) lua_getglobal(L, name);
  lua_call(L, 6, 1);
}

}  // namespace

void open_store(lua_State* L) {
  static constexpr luaL_Reg functions[] = {
      {"query", store_query},     {"row", store_row},       {"value", store_value},
      {"write", store_write},     {"stream", store_stream}, {"encode", store_encode},
      {"blob", store_blob},       {"columns", store_columns},
      {"transaction", transaction_placeholder},             {nullptr, nullptr}};
  make_metatables(L);
  open_module(L, "store", functions);
  push_transaction(L);
  open_constant(L, "store", "transaction");
}

}  // namespace host::bind
