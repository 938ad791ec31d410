-- The rows of a back-test: of a band of the tested or the published card (:band empty: all), where the outcome came (1),
-- did not (0) or either (-1), of the accounts whose numbers are given; the latest day first.
select day, account, score, band, other, other_band, idle, happened, taken, mrr, mrr_after, ended
from health_backtest_rows
where workspace_id = {workspace_id:UInt32}
  and backtest = {backtest:UInt32}
  and ({band:String} = '' or if({side:String} = 'published', other_band, band) = {band:String})
  and ({happened:Int8} < 0 or happened = {happened:Int8})
  and ({taken:UInt8} = 0 or taken = 1)
  and account in (select arrayJoin({accounts:Array(UInt32)}))
order by day desc, isNaN(score), score, account
limit {most:UInt32}
