#pragma once

#include "gui/services.h"
#include "gui/settings.h"

#include <QWidget>

#include <vector>

class QCheckBox;
class QLabel;
class QLineEdit;
class QListWidget;
class QToolButton;
class QVBoxLayout;

namespace gui
{

/// Every setting in one page, with a search field. Changes apply at once; rows that need a new start say so.
class SettingsPage final : public QWidget
{
    Q_OBJECT

public:
    explicit SettingsPage(const Services &services, QWidget *parent = nullptr);

private:
    struct Row {
        Setting setting;
        QWidget *widget;
        QToolButton *reset;
        QLabel *note;
        QString words; ///< what the search looks through
        QLabel *section;
        QVariant atStart; ///< the value in force, for rows that need a new start
        bool needsRestart;
    };

    void build();
    QWidget *buildHeader();
    void buildAppearance();
    void buildModels();
    void buildEngine();
    void buildDevices();
    bool isDeviceNamed(const QString &text) const;
    void addSection(const QString &title);
    void addRow(Setting setting, const QString &title, const QString &help, QWidget *control,
                bool needsRestart = false);
    QWidget *choice(Setting setting, const std::vector<std::pair<QString, QString>> &choices);
    QWidget *number(Setting setting, int low, int high, int step, const QString &suffix, const QString &zero);
    QWidget *toggle(Setting setting, const QString &text);
    QWidget *folderList();
    void fillFolders(QListWidget *list);
    void refresh();
    void filter();

    Services m_services;
    QLineEdit *m_search = nullptr;
    QCheckBox *m_changedOnly = nullptr;
    QLabel *m_nothing = nullptr;
    QVBoxLayout *m_rowsLayout = nullptr;
    QLabel *m_section = nullptr;
    QLabel *m_devicesTitle = nullptr;
    QWidget *m_devices = nullptr;
    std::vector<Row> m_rows;
};

} // namespace gui
