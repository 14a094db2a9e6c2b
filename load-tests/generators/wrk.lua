-- What wrk sends and how it tells of it. Arguments: method, file of the body ('' for none), requests sent at once,
-- and then `Name: value` of each header field. The percentiles to tell are in the variable WRK_PERCENTILES.
local block

function init(args)
  wrk.method = args[1]
  if args[2] ~= '' then
    local file = assert(io.open(args[2], 'rb'))
    wrk.body = file:read('*a')
    file:close()
  end
  for index = 4, #args do
    local name, value = args[index]:match('^([^:]+): (.*)$')
    wrk.headers[name] = value
  end
  local one = wrk.format()
  block = one:rep(tonumber(args[3]))
end

function request()
  return block
end

function done(summary, latency)
  local points = {}
  -- This runs in a state of its own, which init() has not seen.
  for percentile in os.getenv('WRK_PERCENTILES'):gmatch('[^,]+') do
    points[#points + 1] = string.format('[%s,%.3f]', percentile, latency:percentile(tonumber(percentile)) / 1000)
  end
  points[#points] = string.format('[100,%.3f]', latency.max / 1000)
  local errors = summary.errors
  io.write(string.format(
    '\nRESULT {"requests":%d,"microseconds":%d,"connect":%d,"read":%d,"write":%d,"status":%d,"timeout":%d,"curve":[%s]}\n',
    summary.requests, summary.duration, errors.connect, errors.read, errors.write, errors.status, errors.timeout,
    table.concat(points, ',')))
end
