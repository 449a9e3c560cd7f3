#include "store/mariadb/server.h"

#include <mysql.h>
#include <mysqld_error.h>
#include <pthread.h>
#include <sys/socket.h>

#include <fmt/format.h>

#include "base/log.h"
#include "store/fault.h"

namespace host::store::mariadb {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr unsigned connect_seconds = 5;
constexpr auto look = std::chrono::milliseconds(10);
// A server that does not answer to KILL is left: its socket is cut.
constexpr auto patience = std::chrono::seconds(5);

// The session every statement of ours counts on. NO_BACKSLASH_ESCAPES: as in SQLite a backslash is a
// letter. Waiting for a slow reader of an export is not the server's business.
constexpr const char* session_settings =
    "SET NAMES utf8mb4 COLLATE utf8mb4_nopad_bin, sql_mode = 'STRICT_ALL_TABLES,ANSI_QUOTES,PIPES_AS_CONCAT,"
    "NO_BACKSLASH_ESCAPES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION', time_zone = '+00:00',"
    " tx_isolation = 'READ-COMMITTED', innodb_lock_wait_timeout = 5, group_concat_max_len = 16777216, div_precision_increment = 12, max_recursive_iterations = 4294967295,"
    " net_write_timeout = 3600, wait_timeout = 28800";

void prepare_library() {
  static const int done = mysql_library_init(0, nullptr, nullptr);
  CHECK(done == 0);
}

void set_tls(MYSQL* session, const Address& address) {
  if (address.tls == Address::Tls::off) return;
  my_bool yes = 1;
  auto text = [](const std::string& value) { return value.empty() ? nullptr : value.c_str(); };
  mysql_ssl_set(session, text(address.key), text(address.certificate), text(address.ca), nullptr, nullptr);
  mysql_optionsv(session, MYSQL_OPT_SSL_ENFORCE, &yes);
  if (address.tls == Address::Tls::verified) mysql_optionsv(session, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &yes);
}

// The text between the first two `'`.
std::string_view quoted(std::string_view message) {
  auto open = message.find('\'');
  auto close = message.find('\'', open + 1);
  return close >= message.size() ? std::string_view() : message.substr(open + 1, close - open - 1);
}

bool run(MYSQL* session, const std::string& sql) { return mysql_real_query(session, sql.data(), sql.size()) == 0; }

}  // namespace

Result<void> execute_on(const Wire& wire, const std::string& sql) {
  MYSQL* session = wire.get();
  if (run(session, sql)) return {};
  return failure(mysql_errno(session), mysql_sqlstate(session), mysql_error(session));
}

void Close::operator()(MYSQL* session) const noexcept { mysql_close(session); }

Server::Server(Address address) : address_(std::move(address)) {
  prepare_library();
  thread_ = std::thread([this] { work(); });
}

Server::~Server() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

Result<Wire> Server::open(std::size_t& host, bool several, bool in_database) {
  std::size_t first = good_;
  Error last = base::internal("no host");
  for (std::size_t i = 0; i < address_.hosts.size(); ++i) {
    host = (first + i) % address_.hosts.size();
    auto session = open_at(host, several, in_database);
    if (session) {
      if (host != first) {
        base::log::warn("store", "another server is used", {{"host", address_.hosts[host].name}, {"reason", last.message}});
        good_ = host;
      }
      return session;
    }
    last = std::move(session).error();
  }
  return last;
}

Result<Wire> Server::open_at(std::size_t host, bool several, bool in_database) const {
  Wire session(mysql_init(nullptr));
  CHECK(session);
  MYSQL* raw = session.get();
  unsigned seconds = connect_seconds;
  unsigned no = 0;
  unsigned long largest = 80u << 20;
  mysql_optionsv(raw, MYSQL_OPT_CONNECT_TIMEOUT, &seconds);
  mysql_optionsv(raw, MYSQL_OPT_LOCAL_INFILE, &no);
  mysql_optionsv(raw, MYSQL_OPT_MAX_ALLOWED_PACKET, &largest);
  mysql_optionsv(raw, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  set_tls(raw, address_);
  const Address::Host& at = address_.hosts[host];
  unsigned long flags = CLIENT_FOUND_ROWS | (several ? CLIENT_MULTI_STATEMENTS : 0);
  if (!mysql_real_connect(raw, address_.socket.empty() ? at.name.c_str() : nullptr, address_.user.c_str(),
                          address_.password.c_str(), in_database ? address_.database.c_str() : nullptr, at.port,
                          address_.socket.empty() ? nullptr : address_.socket.c_str(), flags)) {
    // Its text names the user and the host, never the password.
    return fault(Code::unavailable, fmt::format("store: {}:{}: {}", at.name, at.port, mysql_error(raw)), "away");
  }
  TRY_VOID(execute_on(session, session_settings));
  return session;
}

void Server::watch(Running& running) {
  bool first = false;
  {
    std::lock_guard lock(mutex_);
    running.ended = false;
    running.cut_at = Clock::time_point::max();
    first = running_.empty();
    running_.insert(&running);
  }
  if (first) wake_.notify_one();
}

bool Server::unwatch(Running& running) {
  std::unique_lock lock(mutex_);
  done_.wait(lock, [&] { return !running.ending; });
  running_.erase(&running);
  return running.ended;
}

bool Server::has_ended(const Running& running) {
  std::lock_guard lock(mutex_);
  return running.ended || running.ending;
}

void Server::end(Running& running) {
  std::lock_guard lock(mutex_);
  running.stop.deadline = Clock::time_point::min();
}

void Server::work() {
  pthread_setname_np(pthread_self(), "store-watch");
  mysql_thread_init();
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (running_.empty()) {
      wake_.wait(lock, [this] { return stopping_ || !running_.empty(); });
      continue;
    }
    auto now = Clock::now();
    Running* due = nullptr;
    for (Running* each : running_) {
      bool over = now >= each->stop.deadline || (each->stop.cancelled && each->stop.cancelled->load());
      if (!each->ended && over) due = each;
      if (now >= each->cut_at) {
        ::shutdown(each->descriptor, SHUT_RDWR);
        each->cut_at = Clock::time_point::max();
      }
    }
    if (due) {
      end_statement(lock, *due);
    } else {
      wake_.wait_for(lock, look);
    }
  }
  killers_.clear();
  mysql_thread_end();
}

// The mutex is free meanwhile: other statements go on.
void Server::end_statement(std::unique_lock<std::mutex>& lock, Running& running) {
  running.ending = true;
  std::size_t host = running.host;
  std::string sql = fmt::format("KILL QUERY {}", running.id);
  lock.unlock();
  Wire& killer = killers_[host];
  bool arrived = killer && run(killer.get(), sql);
  if (!arrived) {
    // A statement that has just ended is an error, too; a connection that broke is made anew.
    if (killer && !lost(mysql_errno(killer.get()))) {
      arrived = true;
    } else if (auto fresh = open_at(host, false, false)) {
      killer = std::move(*fresh);
      arrived = run(killer.get(), sql) || !lost(mysql_errno(killer.get()));
    } else {
      killer = nullptr;
    }
  }
  lock.lock();
  running.ending = false;
  running.ended = true;
  running.cut_at = arrived ? Clock::now() + patience : Clock::now();
  done_.notify_all();
}

Error failure(unsigned code, std::string_view state, std::string_view message) {
  switch (code) {
    case ER_DUP_ENTRY:
    case ER_DUP_ENTRY_WITH_KEY_NAME: return fault(Code::conflict, "already exists", "unique");
    case ER_NO_REFERENCED_ROW:
    case ER_NO_REFERENCED_ROW_2:
    case ER_ROW_IS_REFERENCED:
    case ER_ROW_IS_REFERENCED_2: return fault(Code::conflict, "still referenced, or refers to nothing", "foreign_key");
    case ER_BAD_NULL_ERROR:
    case ER_NO_DEFAULT_FOR_FIELD: return fault(Code::invalid, "missing value", "not_null");
    case ER_DATA_TOO_LONG:
    case ER_NET_PACKET_TOO_LARGE:
    case ER_TOO_BIG_ROWSIZE: return fault(Code::invalid, "too long", "too_long");
    case ER_CONSTRAINT_FAILED:
    case ER_WARN_DATA_OUT_OF_RANGE:
    case ER_DATA_OUT_OF_RANGE:
    case ER_TRUNCATED_WRONG_VALUE:
    case ER_TRUNCATED_WRONG_VALUE_FOR_FIELD:
    case WARN_DATA_TRUNCATED: return fault(Code::invalid, "value not allowed", "not_allowed");
    case ER_SIGNAL_EXCEPTION: return fault(Code::conflict, std::string(message.substr(0, 300)), "trigger");
    case ER_QUERY_INTERRUPTED:
    case ER_STATEMENT_TIMEOUT: return fault(Code::timeout, "store: the query took too long", "late");
    case ER_LOCK_DEADLOCK: return fault(Code::unavailable, "store: busy, others change the same rows", "busy");
    case ER_LOCK_WAIT_TIMEOUT: return fault(Code::unavailable, "store: busy, another transaction holds these rows", "busy");
    case ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION: return wrong_statement("sql: not a reading statement");
    case ER_OPTION_PREVENTS_STATEMENT:
    case ER_READ_ONLY_MODE: return fault(Code::unavailable, "store: the server is read-only", "away");
    // 'database.table'
    case ER_NO_SUCH_TABLE: {
      std::string_view name = quoted(message);
      return wrong_statement(fmt::format("sql: no such table: {}", name.substr(name.find('.') + 1)));
    }
    case ER_BAD_FIELD_ERROR: return wrong_statement(fmt::format("sql: no such column: {}", quoted(message)));
    default: break;
  }
  // Syntax, counts of columns and rows, unknown functions.
  if (!lost(code) && (state.starts_with("42") || state.starts_with("21") || state == "22001")) {
    std::string text(message.substr(0, 300));
    for (char& c : text) {
      if (static_cast<unsigned char>(c) < ' ') c = ' ';
    }
    return wrong_statement("sql: " + text);
  }
  base::log::error("store", "database fault", {{"code", code}, {"reason", std::string(message)}});
  return fault(Code::unavailable, fmt::format("store: the server does not answer ({})", code), "away");
}

}  // namespace host::store::mariadb
