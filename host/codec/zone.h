// A time zone from the bytes of a TZif file (RFC 8536), without the process-wide TZ.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace host::codec {

class Zone {
 public:
  struct Offset {
    int seconds = 0;  // east of Greenwich
    bool summer = false;
    std::string name = "UTC";  // "CET", "-03"
  };

  Zone() = default;  // UTC
  static base::Result<Zone> parse(std::string_view bytes);

  const Offset& at(std::int64_t epoch) const noexcept;
  // The instant of a wall-clock time, given as seconds since 1970 of that clock. Of two
  // (autumn) the first; of none (spring) the one as far behind the jump.
  std::int64_t instant(std::int64_t wall) const noexcept;

 private:
  // When in a year the clock changes: POSIX TZ, what the file's last line says for all
  // years behind its table.
  struct Change {
    int kind = 0;  // 'M', 'J' or 0 for a plain day number
    int month = 0, week = 0, day = 0;
    int seconds = 7200;

    std::int64_t in(int year) const noexcept;  // wall-clock seconds
  };
  struct Transition {
    std::int64_t at;
    unsigned offset;
  };

  bool parse_rule(std::string_view text);

  std::vector<Transition> transitions_;
  std::vector<Offset> offsets_{Offset{}};
  bool has_rule_ = false;
  bool has_summer_ = false;
  Offset standard_, summer_;
  Change begin_, end_;
};

}  // namespace host::codec
