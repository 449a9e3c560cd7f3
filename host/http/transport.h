// What a connection speaks over: a plain stream, or the same through TLS. Destroyed to
// close; after that none of its callbacks runs. A callback may destroy it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/function.h"
#include "base/result.h"
#include "loop/tcp.h"

namespace host::http {

class Transport {
 public:
  using Reader = base::Function<void(base::Result<std::string_view>)>;
  using Written = base::Function<void(base::Result<void>)>;

  Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  virtual ~Transport() = default;

  // As in loop::Stream.
  virtual void start_reading(Reader reader) = 0;
  virtual void pause_reading() noexcept = 0;
  virtual void resume_reading() noexcept = 0;
  virtual std::size_t try_write(std::string_view bytes) = 0;
  virtual void write(std::string bytes, Written done) = 0;
  virtual std::size_t queued() const noexcept = 0;
  virtual void finish_writing() = 0;
  virtual const loop::Stream& stream() const noexcept = 0;
  virtual bool secure() const noexcept = 0;
};

std::unique_ptr<Transport> plain_transport(std::unique_ptr<loop::Stream> stream);

}  // namespace host::http
