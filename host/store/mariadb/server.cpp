#include "store/mariadb/server.h"

#include <mysql.h>
#include <mysqld_error.h>
#include <pthread.h>
#include <sys/socket.h>

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/log.h"
#include "store/fault.h"

namespace host::store::mariadb {

using base::Code;
using base::Error;
using base::Result;

namespace {

constexpr auto look = std::chrono::milliseconds(10);
// A server that does not answer to KILL is left: its socket is cut.
constexpr auto patience = std::chrono::seconds(5);
// Between two looks whether a server has to be asked.
constexpr auto beat = std::chrono::milliseconds(250);
// Neither a SELECT nor a setting, which a node without quorum would answer.
constexpr const char* question = "DO 0";

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

Server::Server(Address address, bool loud, ServerTimes times)
    : address_(std::move(address)), loud_(loud), times_(times), nodes_(address_.hosts.size()) {
  prepare_library();
  thread_ = std::thread([this] { work(); });
  for (std::size_t host = 0; host < nodes_.size(); ++host) nodes_[host].thread = std::thread([this, host] { look_after(host); });
}

Server::~Server() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  stop_.notify_all();
  thread_.join();
  for (Node& node : nodes_) node.thread.join();
}

std::string Server::name(std::size_t host) const {
  if (!address_.socket.empty()) return address_.socket;
  return fmt::format("{}:{}", address_.hosts[host].name, address_.hosts[host].port);
}

Result<Wire> Server::open(Running& session, bool several, bool in_database) {
  std::size_t first = good_;
  std::optional<Error> last;
  std::string known;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    session.host = (first + i) % nodes_.size();
    {
      std::lock_guard lock(mutex_);
      if (nodes_[session.host].away) {
        known = nodes_[session.host].reason;
        continue;
      }
    }
    auto wire = open_at(session, !in_database ? Use::outside : several ? Use::several : Use::session);
    if (wire) {
      if (session.host != first) {
        if (loud_) base::log::warn("store", "another server is used", {{"host", name(session.host)}});
        good_ = session.host;
      }
      return wire;
    }
    last = std::move(wire).error();
    std::lock_guard lock(mutex_);
    leave(session.host, last->message);
  }
  if (last) return *last;
  return fault(Code::unavailable, "store: no server can be used: " + known, "away");
}

// A session whose server falls silent while it is being set up is cut as any other.
Result<Wire> Server::open_at(Running& session, Use use) {
  session.losses = nodes_[session.host].losses;
  Wire wire = connect(session.host, use);
  TRY_VOID(connected(session.host, wire));
  session.id = mysql_thread_id(wire.get());
  session.descriptor = static_cast<int>(mysql_get_socket(wire.get()));
  session.stop = {};
  watch(session);
  auto settled = settle(wire);
  unwatch(session);
  if (!settled) return settled.error();
  return wire;
}

Wire Server::connect(std::size_t host, Use use) const {
  Wire session(mysql_init(nullptr));
  CHECK(session);
  MYSQL* raw = session.get();
  unsigned seconds = times_.answer_seconds;
  unsigned no = 0;
  unsigned long largest = 80u << 20;
  mysql_optionsv(raw, MYSQL_OPT_CONNECT_TIMEOUT, &seconds);  // its welcome included
  if (use == Use::question || use == Use::trial) {
    mysql_optionsv(raw, MYSQL_OPT_READ_TIMEOUT, &seconds);
    mysql_optionsv(raw, MYSQL_OPT_WRITE_TIMEOUT, &seconds);
  }
  mysql_optionsv(raw, MYSQL_OPT_LOCAL_INFILE, &no);
  mysql_optionsv(raw, MYSQL_OPT_MAX_ALLOWED_PACKET, &largest);
  mysql_optionsv(raw, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  set_tls(raw, address_);
  const Address::Host& at = address_.hosts[host];
  unsigned long flags = CLIENT_FOUND_ROWS | (use == Use::several ? CLIENT_MULTI_STATEMENTS : 0);
  bool in_database = use != Use::outside && use != Use::question;
  mysql_real_connect(raw, address_.socket.empty() ? at.name.c_str() : nullptr, address_.user.c_str(),
                     address_.password.c_str(), in_database ? address_.database.c_str() : nullptr, at.port,
                     address_.socket.empty() ? nullptr : address_.socket.c_str(), flags);
  return session;
}

// Its text names the user and the host, never the password.
Result<void> Server::connected(std::size_t host, const Wire& wire) const {
  if (mysql_errno(wire.get()) == 0) return {};
  return fault(Code::unavailable, fmt::format("store: {}: {}", name(host), mysql_error(wire.get())), "away");
}

// A node of a cluster lets everybody in and takes settings without being of any use otherwise.
Result<void> Server::settle(const Wire& wire) const {
  TRY_VOID(execute_on(wire, session_settings));
  return execute_on(wire, question);
}

void Server::watch(Running& running) {
  bool first = false;
  {
    std::lock_guard lock(mutex_);
    running.ended = false;
    running.since = Clock::now();
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
  bool cut = stale(running);
  std::string sql = fmt::format("KILL QUERY {}", running.id);
  lock.unlock();
  Wire& killer = killers_[host];
  bool arrived = !cut && killer && run(killer.get(), sql);
  if (!arrived && !cut) {
    // A statement that has just ended is an error, too; a connection that broke is made anew.
    if (killer && !mariadb::ended(mysql_errno(killer.get()))) {
      arrived = true;
    } else {
      killer = connect(host, Use::question);
      arrived = mysql_errno(killer.get()) == 0 && (run(killer.get(), sql) || !mariadb::ended(mysql_errno(killer.get())));
      if (!arrived) killer = nullptr;
    }
  }
  lock.lock();
  running.ending = false;
  running.ended = true;
  running.cut_at = arrived ? Clock::now() + patience : Clock::now();
  done_.notify_all();
}

// Under the mutex, as the next one: no new session is asked of it. Those that are open may be as good as ever.
void Server::leave(std::size_t host, const std::string& reason) {
  Node& node = nodes_[host];
  node.reason = reason;
  if (node.away) return;
  bool at_once = Clock::now() - node.back < times_.last_pause;
  node.away = true;
  node.pause = at_once ? std::min(node.pause * 2, times_.last_pause) : times_.first_pause;
  node.again = Clock::now() + node.pause;
  if (loud_) base::log::warn("store", "a server is given up", {{"host", name(host)}, {"reason", reason}});
}

void Server::lose(std::size_t host, const std::string& reason) {
  ++nodes_[host].losses;
  for (Running* each : running_) {
    if (each->host == host) ::shutdown(each->descriptor, SHUT_RDWR);
  }
  leave(host, reason);
}

void Server::give_up(const Running& session, const std::string& reason) {
  std::lock_guard lock(mutex_);
  if (!stale(session)) lose(session.host, reason);
}

void Server::doubt(const Running& session) {
  std::size_t expected = session.host;
  good_.compare_exchange_strong(expected, (session.host + 1) % nodes_.size());
}

// The thread of one host.
void Server::look_after(std::size_t host) {
  pthread_setname_np(pthread_self(), "store-pulse");
  mysql_thread_init();
  {
    Wire wire;
    std::unique_lock lock(mutex_);
    while (!stop_.wait_for(lock, beat, [this] { return stopping_; })) {
      auto now = Clock::now();
      bool silent = std::any_of(running_.begin(), running_.end(), [&](const Running* each) {
        return each->host == host && now - each->since >= times_.silence;
      });
      if (silent) ask(lock, host, wire);
      if (nodes_[host].away && Clock::now() >= nodes_[host].again) try_again(lock, host);
    }
  }
  mysql_thread_end();
}

void Server::try_again(std::unique_lock<std::mutex>& lock, std::size_t host) {
  lock.unlock();
  auto tried = [&]() -> Result<void> {
    Wire wire = connect(host, Use::trial);
    TRY_VOID(connected(host, wire));
    return settle(wire);
  }();
  lock.lock();
  Node& node = nodes_[host];
  node.away = !tried;
  if (tried) {
    node.back = Clock::now();
    if (loud_) base::log::info("store", "a server can be used again", {{"host", name(host)}});
    return;
  }
  node.reason = tried.error().message;
  node.pause = std::min(node.pause * 2, times_.last_pause);
  node.again = Clock::now() + node.pause;
}

// Whoever answers, whatever it says of the account, is not silent.
void Server::ask(std::unique_lock<std::mutex>& lock, std::size_t host, Wire& wire) {
  unsigned losses = nodes_[host].losses;
  lock.unlock();
  auto began = Clock::now();
  auto asked = [&] { return run(wire.get(), question) ? 0 : mysql_errno(wire.get()); };
  unsigned code = wire ? asked() : 0;
  // It may have been closed while nobody used it.
  if (!wire || (mariadb::ended(code) && Clock::now() - began < std::chrono::seconds(times_.answer_seconds))) {
    wire = connect(host, Use::question);
    code = mysql_errno(wire.get());
    if (code == 0) code = asked();
  }
  std::string reason = fmt::format("store: {}: {}", name(host), mysql_error(wire.get()));
  if (code != 0) wire = nullptr;
  lock.lock();
  if ((mariadb::ended(code) || refused(code)) && nodes_[host].losses == losses) lose(host, reason);
}

// ER_UNKNOWN_COM_ERROR is what a node says that has no quorum, or hands its data to another one and was told to do
// nothing else meanwhile.
bool refused(unsigned code) { return code == ER_UNKNOWN_COM_ERROR; }

bool ended(unsigned code) {
  switch (code) {
    case ER_SERVER_SHUTDOWN:
    case ER_NORMAL_SHUTDOWN:
    case ER_CONNECTION_KILLED:
    case ER_ABORTING_CONNECTION:
    case ER_NEW_ABORTING_CONNECTION:
    case ER_NET_READ_ERROR:
    case ER_NET_READ_INTERRUPTED:
    case ER_NET_ERROR_ON_WRITE:
    case ER_NET_WRITE_INTERRUPTED: return true;
    default: return lost(code);
  }
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
    case ER_UNKNOWN_COM_ERROR: return fault(Code::unavailable, "store: the server has no quorum, or is not ready", "away");
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
