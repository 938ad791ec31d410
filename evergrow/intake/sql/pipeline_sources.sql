-- Per source: the last and the first quarter of an hour that brought something, the counts since `day`, the clients since `week`.
select
    key_id,
    maxIf(last_at, accepted + duplicates > 0) as newest,
    toDateTime64(minIf(quarter, accepted > 0), 3, 'UTC') as first_at,
    sumIf(accepted, quarter >= {day:DateTime64(3, 'UTC')}) as taken,
    sumIf(duplicates, quarter >= {day:DateTime64(3, 'UTC')}) as again,
    sumIf(flagged, quarter >= {day:DateTime64(3, 'UTC')}) as marked,
    sumIf(rejected, quarter >= {day:DateTime64(3, 'UTC')}) as unfit,
    sumIf(refused, quarter >= {day:DateTime64(3, 'UTC')}) as turned_away,
    sumIf(bytes, quarter >= {day:DateTime64(3, 'UTC')}) as size,
    sumMapIf(lags, quarter >= {day:DateTime64(3, 'UTC')}) as delays,
    sumMapIf(reasons, quarter >= {day:DateTime64(3, 'UTC')}) as why_unfit,
    sumMapIf(refusals, quarter >= {day:DateTime64(3, 'UTC')}) as why_turned_away,
    sumMapIf(clients, quarter >= {week:DateTime64(3, 'UTC')}) as libraries
from pipeline_quarters
where workspace_id = {workspace_id:UInt32}
  and quarter >= {since:DateTime64(3, 'UTC')}
group by key_id
