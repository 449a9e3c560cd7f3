#include "http/transport.h"

namespace host::http {

namespace {
class PlainTransport final : public Transport {
 public:
  explicit PlainTransport(std::unique_ptr<loop::Stream> stream) : stream_(std::move(stream)) {}

  void start_reading(Reader reader) override { stream_->start_reading(std::move(reader)); }
  void pause_reading() noexcept override { stream_->pause_reading(); }
  void resume_reading() noexcept override { stream_->resume_reading(); }
  std::size_t try_write(std::string_view bytes) override { return stream_->try_write(bytes); }
  void write(std::string bytes, Written done) override {
    stream_->write(std::move(bytes), std::move(done));
  }
  std::size_t queued() const noexcept override { return stream_->queued(); }
  void finish_writing() override { stream_->finish_writing(); }
  const loop::Stream& stream() const noexcept override { return *stream_; }
  bool secure() const noexcept override { return false; }

 private:
  std::unique_ptr<loop::Stream> stream_;
};
}  // namespace

std::unique_ptr<Transport> plain_transport(std::unique_ptr<loop::Stream> stream) {
  return std::make_unique<PlainTransport>(std::move(stream));
}

}  // namespace host::http
