-- How many rows of a back-test there are; the conditions are those of backtest_rows.
select count()
from health_backtest_rows
where workspace_id = {workspace_id:UInt32}
  and backtest = {backtest:UInt32}
  and ({band:String} = '' or if({side:String} = 'published', other_band, band) = {band:String})
  and ({happened:Int8} < 0 or happened = {happened:Int8})
  and ({taken:UInt8} = 0 or taken = 1)
  and account in (select arrayJoin({accounts:Array(UInt32)}))
