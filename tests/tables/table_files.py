"""Small files as stations, archives and spreadsheets write them, with the first values they must give."""

import pandas as pd

START = pd.Timestamp("2024-01-20 00:00")
STATION = (
    "Date Time,p (mbar),T (degC),Tpot (K),Tdew (degC),rh (%),VPmax (mbar),VPact (mbar),VPdef (mbar),sh (g/kg),"
    "H2OC (mmol/mol),rho (g/m**3),wv (m/s),max. wv (m/s),wd (deg),rain (mm),raining (s),SWDR (W/m²),PAR (µmol/m²/s),"
    "max. PAR (µmol/m²/s),Tlog (degC),CO2 (ppm)"
)
STATION_ROW = (
    "982.81,18.76,293.36,8.85,52.48,21.68,11.38,10.3,7.23,11.58,1167.74,1.87,3.54,350.5,0.0,0,865.92,1686.33,2137.87,"
    "32.19,419.2"
)


def times(format, rows=48, step="1h", start=START):
    """Times as text, on a regular step."""
    return [f"{start + i * pd.Timedelta(step):{format}}" for i in range(rows)]


def lines(header, rows):
    """A file's text."""
    return "\n".join([header, *rows]) + "\n"


def plain(rows=48, step="1h", start=START, values=None):
    """A table with the columns date, T and p; T counts the rows, if no values are given."""
    values = range(rows) if values is None else values
    return lines(
        "date,T,p",
        [
            f"{t},{v},{i + 0.5}"
            for i, (t, v) in enumerate(zip(times("%Y-%m-%d %H:%M:%S", rows, step, start), values, strict=True))
        ],
    )


def _of(rows):
    return list(enumerate(rows))


FORMATS = {
    "the station of today": (
        lines(STATION, [f"{t},{STATION_ROW}" for t in times("%d.%m.%Y %H:%M:%S", step="10min")]).encode("latin-1"),
        "10min",
        {
            "T (degC)": [18.76, 18.76],
            "wd (deg)": [350.5, 350.5],
            "SWDR (W/m²)": [865.92, 865.92],
            "CO2 (ppm)": [419.2, 419.2],
        },
    ),
    "household power: ? for missing, days and months without zeros": (
        lines(
            "Date;Time;Global_active_power;Voltage",
            [f"{t};{'?;?' if i == 5 else f'4.{i};234.840'}" for i, t in _of(times("%-d/%-m/%Y;%H:%M:%S", step="1min"))],
        ),
        "1min",
        {"Global_active_power": [4.0, 4.1], "Voltage": [234.84, 234.84]},
    ),
    "Beijing air: a column for each part of the time, words in another": (
        lines(
            "No,year,month,day,hour,pm2.5,TEMP,cbwd",
            [f"{i + 1},{t},{'NA' if i == 5 else i},{-i / 10},NW" for i, t in _of(times("%Y,%-m,%-d,%-H"))],
        ),
        "1h",
        {"pm2.5": [0, 1], "TEMP": [0, -0.1]},
    ),
    "bicycles: a date and an hour": (
        lines(
            "instant,dteday,yr,hr,temp,cnt",
            [f"{i + 1},{t},1,{i % 24},0.24,{16 + i}" for i, t in _of(times("%Y-%m-%d"))],
        ),
        "1h",
        {"temp": [0.24, 0.24], "cnt": [16, 17]},
    ),
    "German weather service: padded, time as digits, a last column of text": (
        lines(
            "STATIONS_ID;MESS_DATUM;QN_9;TT_TU;RF_TU;eor",
            [
                f"       2444;{t};    3;{'  -999' if i == 5 else f'   {i / 10}'};   93.0;eor"
                for i, t in _of(times("%Y%m%d%H"))
            ],
        ),
        "1h",
        {"TT_TU": [0, 0.1], "RF_TU": [93, 93]},
    ),
    "buoys: blanks, a line of units, two columns that differ in case": (
        lines(
            "#YY  MM DD hh mm WDIR WSPD\n#yr  mo dy hr mn degT m/s",
            [f"{t}  {5 * i} {i / 10}" for i, t in _of(times("%Y %m %d %H %M"))],
        ),
        "1h",
        {"WDIR": [0, 5], "WSPD": [0, 0.1]},
    ),
    "a logger: four lines of header, everything quoted": (
        lines(
            '"TOA5","CR1000","1234","CPU:prog.CR1"\n"TIMESTAMP","RECORD","AirTC_Avg","RH"\n'
            '"TS","RN","Deg C","%"\n"","","Avg","Smp"',
            [
                f'"{t}",{i},{i / 10},{chr(34) + "NAN" + chr(34) if i == 5 else 80}'
                for i, t in _of(times("%Y-%m-%d %H:%M:%S", step="10min"))
            ],
        ),
        "10min",
        {"AirTC_Avg": [0, 0.1], "RH": [80, 80]},
    ),
    "Open-Meteo: a table above the table": (
        lines(
            "latitude,longitude,elevation\n52.52,13.419,38.0\n\ntime,temperature_2m (°C),relative_humidity_2m (%)",
            [f"{t},{i / 10},8{i % 10}" for i, t in _of(times("%Y-%m-%dT%H:%M"))],
        ),
        "1h",
        {"temperature_2m (°C)": [0, 0.1], "relative_humidity_2m (%)": [80, 81]},
    ),
    "offsets from UTC and milliseconds, columns of words": (
        lines(
            "Formatted Date,Summary,Temperature (C),Wind Bearing (degrees)",
            [f"{t} +0100,Partly Cloudy,{i / 10},251.0" for i, t in _of(times("%Y-%m-%d %H:%M:%S.000"))],
        ),
        "1h",
        {"Temperature (C)": [0, 0.1], "Wind Bearing (degrees)": [251, 251]},
    ),
    "Unix time": (
        lines("timestamp,value", [f"{int(START.timestamp()) + 300 * i},{i / 10}" for i in range(48)]),
        "5min",
        {"value": [0, 0.1]},
    ),
    "a German spreadsheet: decimal comma, thousands, a mark at its start": (
        lines(
            "\ufeffZeitpunkt;Außentemperatur (°C);Strahlung",
            [f"{t};{i},5;1.013,{i % 10}" for i, t in _of(times("%d.%m.%Y %H:%M"))],
        ),
        "1h",
        {"Außentemperatur (°C)": [0.5, 1.5], "Strahlung": [1013.0, 1013.1]},
    ),
    "Dutch weather service: notes above, hours from 1 to 24": (
        lines(
            "# STN: 260\n# YYYYMMDD = date\n# HH = hour, and so on\n# STN,YYYYMMDD,   HH,   DD,    T\n",
            [f"  260,{t},   {i % 24:2},  220,  {i:4}" for i, t in _of(times("%Y%m%d"))],
        ),
        "1h",
        {"DD": [220, 220], "T": [0, 1]},
    ),
    "half days": (
        lines("time,temp", [f"{t},{i}" for i, t in _of(times("%m/%d/%Y %I:%M %p"))]),
        "1h",
        {"temp": [0, 1]},
    ),
    "UTF-16 with tabs": (
        lines("Time\tTemp °C", [f"{t}\t{i}" for i, t in _of(times("%Y/%m/%d %H:%M"))]).encode("utf-16"),
        "1h",
        {"Temp °C": [0, 1]},
    ),
    "UTF-16 without a mark at its start": (
        lines("Time\tTemp °C", [f"{t}\t{i}" for i, t in _of(times("%Y/%m/%d %H:%M"))]).encode("utf-16-le"),
        "1h",
        {"Temp °C": [0, 1]},
    ),
    "UTF-16 the other way round, without a mark": (
        lines("Время\tT", [f"{t}\t{i}" for i, t in _of(times("%Y/%m/%d %H:%M"))]).encode("utf-16-be"),
        "1h",
        {"T": [0, 1]},
    ),
    "padded and quoted, blanks around the names": (
        lines(" Date Time ,  T (degC) ", [f'"{t}",  "{i}.5 "' for i, t in _of(times("%d.%m.%Y %H:%M:%S"))]),
        "1h",
        {"T (degC)": [0.5, 1.5]},
    ),
    "a comma at the end of each row": (
        lines("date,T,p", [f"{t},{i},2," for i, t in _of(times("%Y-%m-%d %H:%M:%S"))]),
        "1h",
        {"T": [0, 1], "p": [2, 2]},
    ),
    "an index without a name, midnight without its time": (
        lines(",time,T", [f"{i},{t.removesuffix(' 00:00')},{i}" for i, t in _of(times("%Y-%m-%d %H:%M"))]),
        "1h",
        {"T": [0, 1]},
    ),
    "no header": (
        lines(*(lambda rows: (rows[0], rows[1:]))([f"{t},{i},2" for i, t in _of(times("%Y-%m-%d %H:%M:%S"))])),
        "1h",
        {"column 2": [0, 1]},
    ),
    "Greenwich time": (
        lines("date,T", [f"{t}Z,{i}" for i, t in _of(times("%Y-%m-%dT%H:%M:%S"))]),
        "1h",
        {"T": [0, 1]},
    ),
    "the month as a word": (
        lines("Date|T", [f"{t}|{i}" for i, t in _of(times("%d-%b-%Y %H:%M"))]),
        "1h",
        {"T": [0, 1]},
    ),
    "Windows line ends, Cyrillic names": (
        lines("Дата;Температура воздуха", [f"{t};{i},25" for i, t in _of(times("%d.%m.%Y %H:%M"))])
        .replace("\n", "\r\n")
        .encode("cp1251"),
        "1h",
        {"Температура воздуха": [0.25, 1.25]},
    ),
    "a line of units that nobody knows": (
        lines("Time,Turbidity,pH\nUTC,NTU,-", [f"{t},{i},7.{i % 10}" for i, t in _of(times("%Y-%m-%d %H:%M"))]),
        "1h",
        {"Turbidity": [0, 1], "pH": [7.0, 7.1]},
    ),
    "a note of as many fields above the header": (
        lines("Source: a lake, Station 5\nTime,Turbidity", [f"{t},{i}" for i, t in _of(times("%Y-%m-%d %H:%M"))]),
        "1h",
        {"Turbidity": [0, 1]},
    ),
    "pandas: names in two lines, the index's below": (
        lines("Price,Close,Volume\nTicker,AAPL,AAPL\nDate,,", [f"{t},{i},5" for i, t in _of(times("%Y-%m-%d %H:%M"))]),
        "1h",
        {"Close": [0, 1], "Volume": [5, 5]},
    ),
    "pandas: an index without a name, columns that are numbered": (
        lines(",0,1", [f"{t},{i},2.5" for i, t in _of(times("%Y-%m-%d %H:%M"))]),
        "1h",
        {"0": [0, 1], "1": [2.5, 2.5]},
    ),
    "InfluxDB: notes of the columns above, an empty first column": (
        lines(
            "#group,false,true,false,false\n#datatype,long,dateTime:RFC3339,dateTime:RFC3339,double\n"
            "#default,_result,,,\n,table,_start,_time,_value",
            [f",0,2024-01-01T00:00:00Z,{t}Z,{i / 10}" for i, t in _of(times("%Y-%m-%dT%H:%M:%S"))],
        ),
        "1h",
        {"_value": [0, 0.1]},
    ),
    "tabs beside a blank within the times, words in most columns": (
        lines(
            "agency\tdatetime\ttz\tflow\tflow_cd\n5s\t20d\t6s\t14n\t10s",
            [f"USGS\t{t}\tCST\t{i}\tA" for i, t in _of(times("%Y-%m-%d %H:%M"))],
        ),
        "1h",
        {"flow": [0, 1]},
    ),
    "blanks between columns, decimal commas": (
        lines("Date Time T p", [f"{t} {i},5 13,25" for i, t in _of(times("%Y-%m-%d %H:%M"))]),
        "1h",
        {"T": [0.5, 1.5], "p": [13.25, 13.25]},
    ),
}
