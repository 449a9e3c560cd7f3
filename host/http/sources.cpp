#include "http/sources.h"

#include <algorithm>

#include "http/gzip.h"
#include "loop/file.h"

namespace host::http {

using base::Result;
using Done = base::Function<void(Result<std::string>)>;

namespace {

class TextSource final : public ChunkSource {
 public:
  TextSource(loop::Loop& loop, std::string text, std::size_t slice)
      : loop_(loop), text_(std::move(text)), slice_(slice) {}

  loop::Pending next(Done done) override {
    std::string slice = text_.substr(sent_, slice_);
    sent_ += slice.size();
    return loop_.later([done = std::move(done), slice = std::move(slice)]() mutable {
      done(std::move(slice));
    });
  }
  std::size_t held() const noexcept override { return text_.capacity(); }

 private:
  loop::Loop& loop_;
  std::string text_;
  std::size_t sent_ = 0;
  std::size_t slice_;
};

class SharedSource final : public ChunkSource {
 public:
  SharedSource(loop::Loop& loop, SharedText text, bool packed)
      : loop_(loop), text_(std::move(text)), bytes_(packed ? text_->packed : text_->plain) {}

  loop::Pending next(Done done) override {
    static constexpr std::size_t slice = 32 * 1024;
    std::string part(bytes_.substr(0, slice));
    bytes_.remove_prefix(part.size());
    return loop_.later([done = std::move(done), part = std::move(part)]() mutable {
      done(std::move(part));
    });
  }

 private:
  loop::Loop& loop_;
  SharedText text_;
  std::string_view bytes_;  // of the text, not sent yet
};

class FileSource final : public ChunkSource {
 public:
  FileSource(loop::Loop& loop, int descriptor, std::uint64_t offset, std::uint64_t length)
      : loop_(loop), file_(loop, descriptor), offset_(offset), missing_(length) {}

  loop::Pending next(Done done) override {
    if (missing_ == 0) {
      return loop_.later([done = std::move(done)]() mutable { done(std::string()); });
    }
    static constexpr std::uint64_t slice = 128 * 1024;
    auto size = static_cast<std::size_t>(std::min(missing_, slice));
    return file_.read(offset_, size, [this, done = std::move(done)](Result<std::string> bytes) mutable {
      if (bytes && bytes->empty()) return done(base::internal("file shrank while it was sent"));
      if (bytes) {
        offset_ += bytes->size();
        missing_ -= bytes->size();
      }
      done(std::move(bytes));
    });
  }

 private:
  loop::Loop& loop_;
  loop::File file_;
  std::uint64_t offset_;
  std::uint64_t missing_;
};

class GzipSource final : public ChunkSource {
 public:
  GzipSource(loop::Loop& loop, std::unique_ptr<ChunkSource> inner)
      : loop_(loop), state_(std::make_shared<State>()) {
    state_->inner = std::move(inner);
  }
  ~GzipSource() override { state_->inner.reset(); }

  loop::Pending next(Done done) override {
    state_->done = std::move(done);
    if (state_->ended) {
      // The trailer went out with the last call; this one only says so, on a later turn.
      return loop_.later([state = state_] {
        auto done = std::move(state->done);
        done(std::string());
      });
    }
    return state_->inner->next([state = state_](Result<std::string> bytes) {
      auto done = std::move(state->done);
      if (!bytes) return done(std::move(bytes));
      std::string out;
      if (bytes->empty()) {
        state->ended = true;
        state->gzip.finish({}, out);
      } else {
        state->gzip.add(*bytes, out);
      }
      done(std::move(out));
    });
  }
  std::size_t held() const noexcept override { return state_->inner ? state_->inner->held() : 0; }

 private:
  struct State {
    std::unique_ptr<ChunkSource> inner;
    Gzip gzip;
    Done done;
    bool ended = false;
  };
  loop::Loop& loop_;
  std::shared_ptr<State> state_;
};

}  // namespace

std::unique_ptr<ChunkSource> text_source(loop::Loop& loop, std::string text,
                                         std::size_t slice_bytes) {
  return std::make_unique<TextSource>(loop, std::move(text), slice_bytes);
}

std::unique_ptr<ChunkSource> shared_source(loop::Loop& loop, SharedText text, bool packed) {
  return std::make_unique<SharedSource>(loop, std::move(text), packed);
}

std::unique_ptr<ChunkSource> file_source(loop::Loop& loop, int descriptor, std::uint64_t offset,
                                         std::uint64_t length) {
  return std::make_unique<FileSource>(loop, descriptor, offset, length);
}

std::unique_ptr<ChunkSource> gzip_source(loop::Loop& loop, std::unique_ptr<ChunkSource> inner) {
  return std::make_unique<GzipSource>(loop, std::move(inner));
}

}  // namespace host::http
