#include "app/admin.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>

namespace host::app {

using base::Result;

static std::vector<std::string> places(const base::Config& config) {
  if (!config.admin.socket.empty()) return {config.admin.socket};
  std::vector<std::string> all = {"/run/patchbay/admin.sock"};
  if (const char* runtime = std::getenv("XDG_RUNTIME_DIR"); runtime && *runtime == '/') {
    all.push_back(std::string(runtime) + "/patchbay-admin.sock");
  }
  static constexpr std::string_view file = "sqlite://";
  if (config.store.url.starts_with(file)) {
    std::filesystem::path store = config.store.url.substr(file.size());
    all.push_back((store.parent_path() / "admin.sock").string());
  }
  return all;
}

std::string admin_place(const base::Config& config) {
  auto all = places(config);
  if (all.size() == 1) return all.front();
  for (const std::string& place : all) {
    std::string folder = std::filesystem::path(place).parent_path().string();
    if (::access(folder.empty() ? "." : folder.c_str(), W_OK | X_OK) == 0) return place;
  }
  return all.back();
}

std::string admin_place_of_host(const base::Config& config) {
  auto all = places(config);
  std::error_code ignored;
  for (const std::string& place : all) {
    if (std::filesystem::is_socket(place, ignored)) return place;
  }
  return admin_place(config);
}

struct AdminServer::State {
  struct Client {
    std::unique_ptr<loop::Stream> stream;
    std::string received;
  };

  Handler handler;
  std::string path;
  std::unique_ptr<loop::Listener> listener;
  std::map<unsigned long long, Client> clients;
  unsigned long long next = 0;
};

static constexpr std::size_t longest_command = 4096;
static constexpr std::size_t most_unread = 16 << 20;  // of its answers, by one client

Result<std::unique_ptr<AdminServer>> AdminServer::open(loop::Loop& loop, const std::string& path,
                                                       Handler handler) {
  auto state = std::make_shared<State>();
  state->handler = std::move(handler);
  state->path = path;
  loop::Address address;
  address.path = path;
  std::weak_ptr<State> weak = state;
  auto accept = [weak](std::unique_ptr<loop::Stream> stream) {
    auto self = weak.lock();
    if (!self) return;
    unsigned long long id = self->next++;
    auto& client = self->clients[id];
    client.stream = std::move(stream);
    client.stream->start_reading([weak, id](Result<std::string_view> bytes) {
      auto self = weak.lock();
      if (!self) return;
      auto found = self->clients.find(id);
      if (found == self->clients.end()) return;
      if (!bytes || bytes->empty() || found->second.received.size() > longest_command) {
        self->clients.erase(found);
        return;
      }
      std::string& received = found->second.received;
      received.append(*bytes);
      for (std::size_t end; (end = received.find('\n')) != std::string::npos;) {
        if (found->second.stream->queued() > most_unread) {
          self->clients.erase(found);
          return;
        }
        std::string line = received.substr(0, end);
        received.erase(0, end + 1);
        self->handler(std::move(line), [weak, id](std::string answer) {
          auto self = weak.lock();
          if (!self) return;
          auto found = self->clients.find(id);
          if (found == self->clients.end()) return;
          answer += '\n';
          found->second.stream->write(std::move(answer));
        });
      }
    });
  };
  TRY(state->listener, loop::Listener::open(loop, address, false, std::move(accept)));
  return std::unique_ptr<AdminServer>(new AdminServer(std::move(state)));
}

AdminServer::~AdminServer() { ::unlink(state_->path.c_str()); }

Result<std::string> ask_admin(const std::string& path, const std::string& command, int seconds) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return base::invalid("admin socket: path too long");
  std::memcpy(address.sun_path, path.data(), path.size());
  int descriptor = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return base::unavailable("admin socket: " + std::string(std::strerror(errno)));
  timeval limit{seconds, 0};
  ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  if (::connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    std::string reason = std::strerror(errno);
    ::close(descriptor);
    return base::unavailable("no host is running at " + path + ": " + reason);
  }
  std::string line = command + "\n";
  if (::write(descriptor, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
    ::close(descriptor);
    return base::unavailable("admin socket: the command could not be sent");
  }
  std::string answer;
  char buffer[65536];
  while (answer.find('\n') == std::string::npos) {
    ssize_t count = ::read(descriptor, buffer, sizeof buffer);
    if (count <= 0) {
      ::close(descriptor);
      return base::Error{base::Code::timeout, "the host did not answer"};
    }
    answer.append(buffer, static_cast<std::size_t>(count));
  }
  ::close(descriptor);
  answer.resize(answer.find('\n'));
  return answer;
}

}  // namespace host::app
