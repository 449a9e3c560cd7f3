// The helpers of a test: none but those it gives, which run nothing and answer as it says.
#pragma once

#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "script/test_world.h"

namespace host::app {

class FakeHelpers final : public script::TestHelpers {
 public:
  bool named(std::string_view name) const override;
  loop::Pending run(loop::Loop& loop, script::HelperCall call, Done done) override;
  void give(std::string words, base::Result<loop::Ended> answer) override;
  std::vector<script::HelperCall> asked() override;
  void forget() override;

 private:
  base::Result<loop::Ended> answer(const script::HelperCall& call);

  mutable std::mutex mutex_;  // lanes ask, the test tells
  std::vector<std::pair<std::string, base::Result<loop::Ended>>> answers_;
  std::vector<script::HelperCall> asked_;
};

}  // namespace host::app
