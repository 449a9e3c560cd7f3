#include "loop/process.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "base/log.h"
#include "loop/poll.h"
#include "loop/timer.h"

namespace host::loop {

using base::Result;

namespace {

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) noexcept : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~Descriptor() { close(); }
  void close() noexcept {
    if (number_ >= 0) ::close(std::exchange(number_, -1));
  }
  int get() const noexcept { return number_; }

 private:
  int number_ = -1;
};

base::Error failure(const char* what, int number) {
  return base::unavailable(std::string(what) + ": " + std::strerror(number));
}

// Above those that the child's own will be.
Result<Descriptor> above(Descriptor given) {
  int number = ::fcntl(given.get(), F_DUPFD_CLOEXEC, 3);
  if (number < 0) return failure("no descriptor", errno);
  return Descriptor(number);
}

Result<Descriptor> input_of(const std::string& text) {
  if (text.empty()) return above(Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC)));
  Descriptor file(::memfd_create("input", MFD_CLOEXEC));
  if (file.get() < 0) return failure("no room for the input", errno);
  for (std::size_t done = 0; done < text.size();) {
    ssize_t count = ::write(file.get(), text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return failure("no room for the input", errno);
    done += static_cast<std::size_t>(count);
  }
  ::lseek(file.get(), 0, SEEK_SET);
  return above(std::move(file));
}

struct Pipe {
  Descriptor ours, theirs;
};

Result<Pipe> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return failure("no pipe", errno);
  Descriptor ours(ends[0]), theirs(ends[1]);
  ::fcntl(ours.get(), F_SETFL, O_NONBLOCK);
  TRY(Descriptor moved, above(std::move(theirs)));
  return Pipe{std::move(ours), std::move(moved)};
}

Result<pid_t> spawn(const std::vector<std::string>& argv, int in, int out, int err) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  if (::posix_spawn_file_actions_init(&actions) != 0) return base::unavailable("no memory");
  if (::posix_spawnattr_init(&attributes) != 0) {
    ::posix_spawn_file_actions_destroy(&actions);
    return base::unavailable("no memory");
  }
  sigset_t all, none;
  sigfillset(&all);
  sigemptyset(&none);
  std::vector<char*> words;
  for (const std::string& word : argv) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin", language[] = "LC_ALL=C";
  char* environment[] = {path, language, nullptr};
  pid_t pid = 0;
  int problem = ::posix_spawn_file_actions_adddup2(&actions, in, 0);
  if (problem == 0) problem = ::posix_spawn_file_actions_adddup2(&actions, out, 1);
  if (problem == 0) problem = ::posix_spawn_file_actions_adddup2(&actions, err, 2);
  if (problem == 0) problem = ::posix_spawn_file_actions_addclosefrom_np(&actions, 3);
  if (problem == 0) problem = ::posix_spawn_file_actions_addchdir_np(&actions, "/");
  if (problem == 0) problem = ::posix_spawnattr_setsigdefault(&attributes, &all);
  if (problem == 0) problem = ::posix_spawnattr_setsigmask(&attributes, &none);
  if (problem == 0) {
    problem = ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  }
  if (problem == 0) problem = ::posix_spawn(&pid, words[0], &actions, &attributes, words.data(), environment);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (problem != 0) return failure("cannot be started", problem);
  return pid;
}

int wait_for(pid_t pid, int flags, int& status) noexcept {
  int waited = 0;
  do waited = ::waitpid(pid, &status, flags);
  while (waited < 0 && errno == EINTR);
  return waited;
}

struct Left {
  pid_t pid;
  std::shared_ptr<void> kept;
};

// Kills its group and lets a thread see it off, because one that may not be killed by us lives as long as it wants.
void see_off(pid_t pid, std::shared_ptr<void> kept) noexcept {
  ::kill(-pid, SIGKILL);
  int status = 0;
  if (wait_for(pid, WNOHANG, status) != 0) return;
  auto left = std::make_unique<Left>(Left{pid, std::move(kept)});
  pthread_t thread;
  auto wait = [](void* given) -> void* {
    std::unique_ptr<Left> it(static_cast<Left*>(given));
    int ended = 0;
    wait_for(it->pid, 0, ended);
    return nullptr;
  };
  if (int number = ::pthread_create(&thread, nullptr, wait, left.get())) {
    base::log::warn("host", "no thread to wait for a child process", {{"reason", std::strerror(number)}});
    return;
  }
  (void)left.release();  // the thread's
  ::pthread_detach(thread);
}

class Child final : public Operation {
 public:
  using Done = base::Function<void(Result<Ended>)>;

  Child(Loop& loop, std::size_t output_bytes, Done done, std::shared_ptr<void> kept)
      : loop_(loop), left_(output_bytes), done_(std::move(done)), kept_(std::move(kept)) {}

  ~Child() override {
    forget();
    if (pid_ > 0) see_off(pid_, std::move(kept_));
  }

  Result<void> start(const Command& command) {
    TRY(Descriptor in, input_of(command.input));
    TRY(Pipe out, make_pipe());
    TRY(Pipe err, make_pipe());
    TRY(pid_, spawn(command.argv, in.get(), out.theirs.get(), err.theirs.get()));
    ended_ = Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));  // its header knows no C++
    if (ended_.get() < 0) return failure("cannot be watched", errno);
    out_.watch(*this, std::move(out.ours));
    err_.watch(*this, std::move(err.ours));
    end_poll_.emplace(loop_, ended_.get(), [this](bool, bool) { finish(); });
    end_poll_->watch(true, false);
    timer_.emplace(loop_, [this] { give_up(); });
    timer_->start(command.timeout_ms);
    return {};
  }

 private:
  struct Output {
    Descriptor descriptor;
    std::optional<Poll> poll;
    std::string text;

    void watch(Child& child, Descriptor given) {
      descriptor = std::move(given);
      poll.emplace(child.loop_, descriptor.get(), [this, &child](bool, bool) {
        if (!child.read(*this)) close();
      });
      poll->watch(true, false);
    }
    void close() noexcept {
      poll.reset();
      descriptor.close();
    }
  };

  // False at its end.
  bool read(Output& output) {
    char bytes[16384];
    ssize_t count = ::read(output.descriptor.get(), bytes, sizeof bytes);
    if (count < 0) return errno == EAGAIN || errno == EINTR;
    std::size_t taken = std::min(left_, static_cast<std::size_t>(count));
    output.text.append(bytes, taken);
    left_ -= taken;
    if (taken < static_cast<std::size_t>(count)) cut_ = true;
    more_ = count > 0;
    return count > 0;
  }

  // What it has written before its end; somebody who writes on from another group is not waited for.
  void read_rest(Output& output) {
    static constexpr int most_turns = 64;
    more_ = true;
    for (int turn = 0; output.descriptor.get() >= 0 && more_ && turn < most_turns; ++turn) {
      more_ = false;
      if (!read(output)) break;
    }
  }

  void finish() {
    ::kill(-pid_, SIGKILL);  // it is not waited for yet, so the group is still its own
    read_rest(out_);
    read_rest(err_);
    int status = 0;
    wait_for(std::exchange(pid_, 0), 0, status);
    Ended ended;
    ended.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    ended.out = std::move(out_.text);
    ended.err = std::move(err_.text);
    ended.cut = cut_;
    kept_.reset();
    tell(std::move(ended));
  }

  void give_up() {
    see_off(std::exchange(pid_, 0), std::move(kept_));
    tell(base::Error{base::Code::timeout, "it took too long"});
  }

  void tell(Result<Ended> result) {
    forget();
    Done done = std::move(done_);
    done(std::move(result));  // may destroy this
  }

  void forget() noexcept {
    timer_.reset();
    end_poll_.reset();
    out_.close();
    err_.close();
    ended_.close();
  }

  Loop& loop_;
  std::size_t left_;
  Done done_;
  std::shared_ptr<void> kept_;
  pid_t pid_ = 0;
  bool cut_ = false, more_ = false;
  Descriptor ended_;  // readable when the child has ended
  Output out_, err_;
  std::optional<Poll> end_poll_;
  std::optional<Timer> timer_;
};

}  // namespace

Pending run_process(Loop& loop, Command command, base::Function<void(Result<Ended>)> done, std::shared_ptr<void> kept) {
  // Told on a later turn, so `done` is given to the child only when there is one.
  auto told = std::make_shared<base::Function<void(Result<Ended>)>>(std::move(done));
  auto child = std::make_unique<Child>(
      loop, command.output_bytes, [told](Result<Ended> result) { (*told)(std::move(result)); }, std::move(kept));
  if (auto started = child->start(command); !started) {
    return loop.later([told, error = started.error()] { (*told)(error); });
  }
  return Pending(std::move(child));
}

}  // namespace host::loop
