-- The tests run this job themselves, so that it comes in between nowhere.
return job { name = "faxes", every = 3600, run = function() end }
