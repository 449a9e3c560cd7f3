#include "loop/file.h"

#include <unistd.h>
#include <uv.h>

namespace host::loop {

using base::Result;

struct File::Descriptor {
  explicit Descriptor(int number) : number(number) {}
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
  int number;
};

namespace {
// Owned by libuv until its callback; keeps the descriptor from being reused meanwhile.
template <typename Descriptor>
struct Reading {
  uv_fs_t request{};
  std::shared_ptr<Descriptor> descriptor;
  std::string buffer;
  base::Function<void(Result<std::string>)> done;  // empty once dropped
};
}  // namespace

File::File(Loop& loop, int descriptor)
    : loop_(loop), descriptor_(std::make_shared<Descriptor>(descriptor)) {}
File::~File() = default;

Pending File::read(std::uint64_t offset, std::size_t length,
                   base::Function<void(Result<std::string>)> done) {
  using Request = Reading<Descriptor>;
  auto reading = std::make_shared<Request>();
  reading->descriptor = descriptor_;
  reading->buffer.resize(length);
  reading->done = std::move(done);
  // One reference for libuv, given back in the callback.
  auto* held = new std::shared_ptr<Request>(reading);
  reading->request.data = held;
  uv_buf_t buffer = uv_buf_init(reading->buffer.data(), static_cast<unsigned>(length));
  int code = uv_fs_read(
      loop_.raw(), &reading->request, descriptor_->number, &buffer, 1,
      static_cast<std::int64_t>(offset), [](uv_fs_t* request) noexcept {
        std::unique_ptr<std::shared_ptr<Request>> held(
            static_cast<std::shared_ptr<Request>*>(request->data));
        Request& self = **held;
        ssize_t count = request->result;
        uv_fs_req_cleanup(request);
        if (!self.done) return;
        auto done = std::move(self.done);
        if (count < 0) {
          done(base::unavailable(std::string("read: ") + uv_strerror(static_cast<int>(count))));
        } else {
          self.buffer.resize(static_cast<std::size_t>(count));
          done(std::move(self.buffer));
        }
      });
  if (code != 0) {
    delete held;
    return loop_.later([reading, code] {
      auto done = std::move(reading->done);
      done(base::unavailable(std::string("read: ") + uv_strerror(code)));
    });
  }
  return Pending::cancelled_by([reading] {
    reading->done = nullptr;
    uv_cancel(reinterpret_cast<uv_req_t*>(&reading->request));  // too late is fine
  });
}

}  // namespace host::loop
